package io.greenformers.engine.op;

import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.torch.TorchTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** A model with reference inputs and outputs beside it, as ONNX keeps its own tests. */
record CaseFiles(Path directory) {
  private static final long OLDEST_OPSET = 11;
  private static final long NEWEST_OPSET = 27;

  static final Path SHARED = Path.of("..", "..", "shared");

  static List<CaseFiles> of(String suite) throws IOException {
    try (Stream<Path> all = Files.list(SHARED.resolve(suite))) {
      return all.sorted().map(CaseFiles::new).toList();
    }
  }

  String name() {
    return directory.getFileName().toString();
  }

  OnnxModel model(Path scratch) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      Map<String, Path> external =
          files
              .filter(f -> f.toString().endsWith(".bin"))
              .collect(Collectors.toMap(f -> f.getFileName().toString(), f -> f));
      return ModelReader.read(new ModelFiles(directory.resolve("model.onnx"), external), scratch);
    }
  }

  /**
   * The model with its opset moved into the range that the reader accepts. No operator of the node
   * tests means anything else there: old ones did not change since, new ones took more types.
   */
  OnnxModel inKnownOpset(Path scratch) throws IOException {
    ModelProto.Builder proto =
        ModelProto.parseFrom(Files.readAllBytes(directory.resolve("model.onnx"))).toBuilder();
    for (OperatorSetIdProto.Builder imported : proto.getOpsetImportBuilderList()) {
      imported.setVersion(Math.clamp(imported.getVersion(), OLDEST_OPSET, NEWEST_OPSET));
    }
    Path file = scratch.resolve("model.onnx");
    Files.write(file, proto.build().toByteArray());
    return ModelReader.read(ModelFiles.of(file), scratch);
  }

  List<Path> dataSets() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }

  /**
   * The tensors of a data set, in the order of the names that unnamed ones get.
   *
   * @param prefix {@code input} or {@code output}
   */
  static Map<String, Tensor> tensors(Path data, String prefix, List<String> names, OnnxModel model)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; Files.exists(data.resolve(prefix + "_" + i + ".pb")); i++) {
      TensorProto proto =
          TensorProto.parseFrom(Files.readAllBytes(data.resolve(prefix + "_" + i + ".pb")));
      String name = proto.getName().isEmpty() ? names.get(i) : proto.getName();
      tensors.put(name, TorchTensors.of(proto, model.weights()));
    }
    return tensors;
  }
}
