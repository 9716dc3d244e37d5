package io.greenformers.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.rewrite.LinformerPass;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real exports, against ONNX Runtime's outputs: plain, with fused patterns, and as our own passes
 * fuse them.
 */
final class ZooExecutorTest {
  /** fp32 sums in another order; of the largest magnitude of an output. */
  private static final double TOLERANCE = 1e-4;

  /** Products rounded to ten bits of mantissa. */
  private static final double HALF_TOLERANCE = 2e-3;

  /** Encoders; decoders are causal, and T5 adds a bias for each pair of places. */
  private static final Set<String> TURNED =
      Set.of(
          "albert-tied",
          "bart",
          "bert",
          "bert-dynamo",
          "bert-opset11",
          "distilbert",
          "roberta-token",
          "t5",
          "vit",
          "wav2vec2-ctc",
          "whisper-encoder");

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(CaseFiles.SHARED), "skipped: the models are not on this machine");
    return Stream.concat(CaseFiles.of("zoo").stream(), CaseFiles.of("cases/tricky").stream())
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private void check(CaseFiles test) throws IOException {
    OnnxModel model = test.model(scratch);
    try (var weights = model.weights()) {
      ExecutorSettings settings = ExecutorSettings.inference(ComputeDevice.CPU);
      double plain = difference(test, model, settings.plain());
      double fused = difference(test, model, settings);
      System.out.printf("%-38s plain %.1e, fused %.1e%n", test.name(), plain, fused);
      double tolerance = test.name().equals("half-precision") ? HALF_TOLERANCE : TOLERANCE;
      assertThat(plain).isLessThanOrEqualTo(tolerance);
      assertThat(fused).isLessThanOrEqualTo(tolerance);
      OnnxModel attentive = new FuseAttentionPass().apply(model).model();
      OnnxModel rewritten = new FuseSkipNormPass().apply(attentive).model();
      assertThat(difference(test, rewritten, settings)).isLessThanOrEqualTo(tolerance);
    }
  }

  /** Two layers of each encoder become Linformer, which changes nothing up to its length. */
  @TestFactory
  Stream<DynamicTest> asLinformer() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(CaseFiles.SHARED), "skipped: the models are not on this machine");
    return CaseFiles.of("zoo").stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> checkLinformer(c)));
  }

  private void checkLinformer(CaseFiles test) throws IOException {
    OnnxModel model = test.model(scratch);
    try (var weights = model.weights()) {
      assertThat(LinformerPass.findings(model).stream().filter(f -> f.obstacle().isEmpty()))
          .hasSize(TURNED.contains(test.name()) ? 2 : 0);
      OnnxModel linformer = new LinformerPass(Integer.MAX_VALUE).apply(model).model();
      ExecutorSettings settings = ExecutorSettings.inference(ComputeDevice.CPU);
      assertThat(difference(test, linformer, settings.plain())).isLessThanOrEqualTo(TOLERANCE);
      OnnxModel attentive = new FuseAttentionPass().apply(linformer).model();
      OnnxModel rewritten = new FuseSkipNormPass().apply(attentive).model();
      assertThat(difference(test, rewritten, settings)).isLessThanOrEqualTo(TOLERANCE);
    }
  }

  private static double difference(CaseFiles test, OnnxModel model, ExecutorSettings settings)
      throws IOException {
    double worst = 0;
    try (Scope scope = new Scope();
        GraphExecutor executor = GraphExecutor.of(model, settings)) {
      List<String> outputs = List.copyOf(executor.outputs());
      for (Path data : test.dataSets()) {
        var inputs = CaseFiles.tensors(data, "input", executor.inputs(), model);
        var expected = CaseFiles.tensors(data, "output", outputs, model);
        try (Outputs found = executor.run(inputs, executor.outputs())) {
          for (String name : expected.keySet()) {
            worst = Math.max(worst, relative(expected.get(name), found.get(name)));
          }
        }
      }
    }
    return worst;
  }

  private static double relative(Tensor expected, Tensor found) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    Tensor reference = expected.to(ScalarType.Double);
    double largest = reference.abs().max().item_double();
    return found.to(ScalarType.Double).sub(reference).abs().max().item_double()
        / Math.max(largest, 1e-30);
  }
}
