package io.greenformers.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.core.rewrite.StorageResult;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Real exports in every mode: smaller, same signature, and much the same outputs. */
final class StorageConformanceTest {
  private static final Path ZOO = Path.of("..", "..", "shared", "zoo");

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(ZOO), "skipped: the conformance models are not on this machine");
    List<Path> models;
    try (Stream<Path> all = Files.list(ZOO)) {
      models = all.sorted().toList();
    }
    return models.stream()
        .flatMap(m ->
            Stream.of(StorageMode.values())
                .map(mode ->
                    DynamicTest.dynamicTest(m.getFileName() + " " + mode, () -> check(m, mode))));
  }

  private void check(Path zoo, StorageMode mode) throws IOException {
    OnnxModel model = ModelReader.read(ModelFiles.of(zoo.resolve("model.onnx")), directory);
    try (var weights = model.weights()) {
      StorageResult result = new StoragePass(GraphIndex.of(model), mode).store(model);
      assertThat(result.changed()).isTrue();
      OnnxModel after = result.model();
      assertThat(after.proto().getGraph().getOutputList())
          .isEqualTo(model.proto().getGraph().getOutputList());
      Path dense = write(model);
      Path stored = write(after);
      double most = mode == StorageMode.FP16 ? 0.75 : 0.65;
      assertThat((double) Files.size(stored) / Files.size(dense)).isLessThan(most);
      // random weights amplify: trained models lose less
      double least = mode == StorageMode.FP16 ? 0.9999 : 0.98;
      assertThat(cosine(model, dense, stored)).isGreaterThan(least);
    }
  }

  private static double cosine(OnnxModel model, Path dense, Path stored) {
    Fidelity fidelity = new Fidelity();
    try (ModelSession expected = ModelSession.open(dense, Optimization.NONE);
        ModelSession plain = ModelSession.open(stored, Optimization.NONE);
        ModelSession optimised = ModelSession.open(stored, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(expected.inputs(), TokenBounds.of(GraphIndex.of(model)), 3);
      Map<String, Tensor> input = inputs.next(2, 16);
      Map<String, Tensor> output;
      try {
        output = expected.run(input);
      } catch (UnrunnableModelException e) {
        // speech models need more than 16 samples
        input = inputs.next(2, 4096);
        output = expected.run(input);
      }
      fidelity.add(output, plain.run(input));
      fidelity.add(output, optimised.run(input));
    }
    return fidelity.cosine();
  }

  private Path write(OnnxModel model) throws IOException {
    Path written = Files.createTempDirectory(directory, "written");
    return ModelWriter.write(model, written, "model.onnx").model();
  }
}
