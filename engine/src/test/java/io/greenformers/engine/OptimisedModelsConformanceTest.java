package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.OptimisedModels;
import io.greenformers.engine.runtime.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real exports, once as they are and once as ONNX Runtime optimised them: the full-rank rewrite
 * with our fusions computes the same.
 */
final class OptimisedModelsConformanceTest {
  private static final Path SHARED = Path.of("..", "..", "shared");

  /** fp32 products in another order; of the largest magnitude of an output. */
  private static final double TOLERANCE = 1e-4;

  /** Enough samples for the convolutions of speech models. */
  private static final int SAMPLES = 2000;

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> models() throws Exception {
    Assumptions.assumeTrue(
        Files.isDirectory(SHARED), "skipped: the conformance models are not on this machine");
    List<Path> models = new ArrayList<>();
    try (Stream<Path> zoo = Files.list(SHARED.resolve("zoo"))) {
      zoo.sorted().forEach(models::add);
    }
    models.add(SHARED.resolve("models/sst2-minilm"));
    return models.stream()
        .flatMap(m ->
            Stream.of(
                DynamicTest.dynamicTest(m.getFileName() + " as exported", () -> check(m, false)),
                DynamicTest.dynamicTest(m.getFileName() + " optimised", () -> check(m, true))));
  }

  private void check(Path model, boolean optimise) throws Exception {
    Path file = model.resolve("model.onnx");
    if (optimise) {
      file = OptimisedModels.save(file, Files.createTempFile(directory, "optimised", ".onnx"));
    }
    OnnxModel original = ModelReader.read(ModelFiles.of(file), directory);
    try (var weights = original.weights()) {
      OnnxModel factorized = factorized(original);
      OnnxModel attentive = new FuseAttentionPass().apply(factorized).model();
      OnnxModel fused = new FuseSkipNormPass().apply(attentive).model();
      assertThat(fused.proto().getGraph().getOutputList())
          .isEqualTo(original.proto().getGraph().getOutputList());
      Parity parity = parity(original, fused, model.toString().contains("wav2vec"));
      System.out.printf(
          "%-18s %-11s %s; max relative %.1e%n",
          model.getFileName(),
          optimise ? "optimised" : "as exported",
          FuseAttentionPass.findings(factorized).stream()
              .map(f -> f.obstacle().orElse("fused"))
              .toList(),
          parity.maxRelative());
      assertThat(parity.maxRelative()).isLessThan(TOLERANCE);
    }
  }

  private static OnnxModel factorized(OnnxModel model) {
    GraphIndex index = GraphIndex.of(model);
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    Map<Site, Factors> factors = new LinkedHashMap<>();
    for (Site site : SiteFinder.find(model, index)) {
      // the vocabulary of a real model takes seconds, and adds nothing to the small ones'
      if (site.obstacle().isEmpty() && site.rows() < 10_000) {
        factors.put(site, source.decompose(site).factors());
      }
    }
    assertThat(factors).isNotEmpty();
    return new FactorizePass(index, factors).apply(model).model();
  }

  private Parity parity(OnnxModel reference, OnnxModel other, boolean speech) throws Exception {
    Path first = write(reference);
    Path second = write(other);
    Parity parity = Parity.NONE;
    try (ModelSession expected = ModelSession.open(first, Optimization.NONE);
        ModelSession plain = ModelSession.open(second, Optimization.NONE);
        ModelSession optimised = ModelSession.open(second, Optimization.ALL)) {
      Map<String, Long> bounds = TokenBounds.of(GraphIndex.of(reference));
      RandomInputs inputs = new RandomInputs(expected.inputs(), bounds, 7);
      for (int batch : new int[] {1, 3}) {
        Map<String, Tensor> input = inputs.next(batch, speech ? SAMPLES * batch : 5 * batch);
        Map<String, Tensor> output = expected.run(input);
        parity = parity.with(output, plain.run(input)).with(output, optimised.run(input));
      }
    }
    return parity;
  }

  private Path write(OnnxModel model) throws Exception {
    Path written = Files.createTempDirectory(directory, "written");
    return ModelWriter.write(model, written, "model.onnx").model();
  }
}
