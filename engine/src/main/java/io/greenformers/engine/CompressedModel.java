package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.engine.report.Documents;
import io.greenformers.protocol.request.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A compressed model, as it was written.
 *
 * @param model its protobuf file
 * @param size beside the original's
 * @param artifacts its files by logical name
 */
record CompressedModel(Path model, Documents.Size size, List<String> artifacts) {
  CompressedModel {
    artifacts = List.copyOf(artifacts);
  }

  /**
   * Writes a model below the stage's output.
   *
   * @param folder of its logical names
   * @param dense how what stayed dense is stored
   */
  static CompressedModel write(
      OnnxModel original, OnnxModel compressed, Storage.Dense dense, String folder, StageFiles to) {
    OnnxModel stored = stored(compressed, dense);
    ModelFiles written = ModelWriter.write(stored, to.output(folder), StageFiles.MODEL);
    List<String> artifacts = new ArrayList<>(List.of(folder + "/" + StageFiles.MODEL));
    written.external().keySet().forEach(name -> artifacts.add(folder + "/" + name));
    long before = original.fileBytes();
    long after = StageFiles.bytes(written.model());
    Documents.Size size =
        new Documents.Size(
            before,
            after,
            (double) after / before,
            InspectStage.parameters(original),
            InspectStage.parameters(stored));
    return new CompressedModel(written.model(), size, artifacts);
  }

  private static OnnxModel stored(OnnxModel model, Storage.Dense dense) {
    return switch (dense) {
      case KEEP -> model;
      case FP16 -> stored(model, StorageMode.FP16);
      case INT8 -> stored(model, StorageMode.INT8);
      case INT8_DYNAMIC -> stored(model, StorageMode.INT8_DYNAMIC);
    };
  }

  private static OnnxModel stored(OnnxModel model, StorageMode mode) {
    return new StoragePass(GraphIndex.of(model), mode).apply(model).model();
  }
}
