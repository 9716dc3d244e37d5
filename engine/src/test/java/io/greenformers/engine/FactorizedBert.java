package io.greenformers.engine;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A small BERT, factorized, whose factors are to be trained: in batches of 15, so that shares
 * differ.
 *
 * @param directory where each stage's output lies by its name
 */
record FactorizedBert(Path directory, Map<String, Path> artifacts) {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");

  /** Sums in another order, and AdamW divides by what may be small; weights move by 1e-2. */
  static final double TOLERANCE = 1e-4;

  static FactorizedBert in(Path directory) throws IOException {
    FactorizedBert bert = new FactorizedBert(directory, new HashMap<>());
    bert.artifacts.put("original/model.onnx", BERT.toAbsolutePath());
    LabelledBert.write(BERT, directory, bert.artifacts);
    bert.artifacts.put("data/train", bert.artifacts.remove("data/evaluation"));
    StageRequest request = bert.request(Stage.FACTORIZE, "1", "factorized");
    Compression.run(request, (fraction, activity) -> {})
        .artifacts()
        .forEach(name -> bert.artifacts.put(name, request.output().resolve(name)));
    return bert;
  }

  /** The largest difference of two weights. */
  static double distance(Map<String, float[]> one, Map<String, float[]> other) {
    double largest = 0;
    for (Map.Entry<String, float[]> weight : one.entrySet()) {
      float[] same = Objects.requireNonNull(other.get(weight.getKey()));
      for (int i = 0; i < same.length; i++) {
        largest = Math.max(largest, Math.abs(weight.getValue()[i] - same[i]));
      }
    }
    return largest;
  }

  /** Before the training. */
  Map<String, float[]> weights() throws IOException {
    return weights("factorized/compressed");
  }

  /** Of a training that wrote to an output. */
  Map<String, float[]> recovered(String output) throws IOException {
    return weights(output + "/recovered");
  }

  private Map<String, float[]> weights(String folder) throws IOException {
    OnnxModel model =
        ModelReader.read(
            ModelFiles.of(directory.resolve(folder).resolve("model.onnx")),
            Files.createTempDirectory(directory, "read"));
    Map<String, float[]> weights = new LinkedHashMap<>();
    try (WeightStore store = model.weights()) {
      for (TensorProto tensor : model.proto().getGraph().getInitializerList()) {
        MemorySegment bytes = store.bytes(tensor);
        if (Tensors.type(tensor) == DataType.FLOAT) {
          weights.put(tensor.getName(), bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        }
      }
    }
    return weights;
  }

  /** To train in so many processes. */
  StageRequest recover(String processes, String output) throws IOException {
    return request(Stage.RECOVER, processes, output);
  }

  /** Where a training that wrote to an output left its model. */
  Path model(String output) {
    return directory.resolve(output).resolve("recovered/model.onnx");
  }

  private StageRequest request(Stage stage, String processes, String output) throws IOException {
    String json =
        """
        {"model": "m", "solver": "svd",
         "ranks": {"policy": "uniform", "ratio": 0.25, "multipleOf": 1, "neverSlower": false},
         "data": {"train": "t", "tokenizer": "t", "columns": {"label": "label"}},
         "recovery": {"epochs": 3, "learningRate": 0.001, "batchSize": 15, "labels": 0.3,
                      "distillation": {"hidden": 0.1}, "weights": "factors", "processes": %s},
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """
            .formatted(processes);
    return new StageRequest(
        stage,
        RequestDocument.parseJson(json),
        artifacts,
        Files.createDirectories(directory.resolve(output)));
  }
}
