package io.greenformers.engine.op;

import static io.greenformers.engine.op.SmallGraph.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GraphExecutorTest {
  private static final ExecutorSettings SETTINGS = ExecutorSettings.inference(ComputeDevice.CPU);
  private static final Predicate<String> WEIGHTS = "w"::equals;

  /** bf16 has eight bits of mantissa. */
  private static final double BFLOAT16 = 0x1p-6;

  @TempDir Path scratch;
  private Scope scope;

  @BeforeEach
  void open() {
    Torch.seed(1);
    scope = new Scope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void refusesOperatorsThatItLacksByNameWithTheirNodes() throws IOException {
    OnnxModel model =
        floats()
            .node("Tanh", "h", "x")
            .microsoft("Inverse", "i", "h")
            .node("STFT", "y", "i")
            .read(scratch);
    assertThatThrownBy(() -> GraphExecutor.of(model, SETTINGS))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("com.microsoft.Inverse, opset 1, in 'i' (Inverse)")
        .hasMessageContaining("STFT, opset 17, in 'y' (STFT)");
  }

  @Test
  void namesTheNodeThatFailsAndWhatItGot() throws IOException {
    OnnxModel model = floats().weight("w", 7, 3).node("MatMul", "y", "x w").read(scratch);
    try (GraphExecutor executor = GraphExecutor.of(model, SETTINGS)) {
      assertThatThrownBy(() -> executor.run(Map.of("x", input()), Set.of("y")))
          .isInstanceOf(NodeFailedException.class)
          .hasMessageContaining("'y' (MatMul)")
          .hasMessageContaining("Float[2, 4, 8], Float[7, 3]");
    }
  }

  @Test
  void namesAnInputThatIsNotFed() throws IOException {
    OnnxModel model = floats().node("Tanh", "y", "x").read(scratch);
    try (GraphExecutor executor = GraphExecutor.of(model, SETTINGS)) {
      assertThatThrownBy(() -> executor.run(Map.of(), Set.of("y"))).hasMessageContaining("'x'");
    }
  }

  @Test
  void returnsHiddenValuesAndWithoutTheRestOfTheGraph() throws IOException {
    OnnxModel model =
        floats().node("Tanh", "h", "x").weight("w", 5, 5).node("MatMul", "y", "h w").read(scratch);
    Tensor x = input();
    try (GraphExecutor executor = GraphExecutor.of(model, SETTINGS);
        Outputs outputs = executor.run(Map.of("x", x), Set.of("h"))) {
      // y, whose shapes do not match, is not computed
      assertThat(outputs.get("h").equal(x.tanh())).isTrue();
    }
  }

  @Test
  void leavesAPatternWhoseMiddleIsWanted() throws IOException {
    OnnxModel model =
        floats()
            .scalar("root", Math.sqrt(2))
            .scalar("one", 1)
            .scalar("half", 0.5)
            .node("Div", "q", "x root")
            .node("Erf", "e", "q")
            .node("Add", "s", "e one")
            .node("Mul", "m", "x s")
            .node("Mul", "y", "m half")
            .read(scratch);
    try (GraphExecutor executor = GraphExecutor.of(model, SETTINGS);
        Outputs outputs = executor.run(Map.of("x", input()), Set.of("y", "e"))) {
      assertThat(outputs.tensors()).containsOnlyKeys("y", "e");
    }
  }

  @Test
  void keepsNothingForGradientsWithoutParameters() throws IOException {
    OnnxModel model = floats().weight("w", 8, 3).node("MatMul", "y", "x w").read(scratch);
    try (GraphExecutor teacher = GraphExecutor.of(model, SETTINGS);
        GraphExecutor student = GraphExecutor.of(model, SETTINGS.training(WEIGHTS));
        Outputs taught = teacher.run(Map.of("x", input()), Set.of("y"));
        Outputs learned = student.run(Map.of("x", input()), Set.of("y"));
        Outputs evaluated = student.infer(Map.of("x", input()), Set.of("y"))) {
      assertThat(taught.get("y").requires_grad()).isFalse();
      assertThat(learned.get("y").requires_grad()).isTrue();
      assertThat(evaluated.get("y").requires_grad()).isFalse();
    }
  }

  @Test
  void trainsHalfPrecisionInFloats() throws IOException {
    OnnxModel model =
        new SmallGraph(DataType.FLOAT16)
            .weight("wide", 8, 3)
            .node("Cast", "w16", "wide", integer("to", DataType.FLOAT16.number()))
            .node("MatMul", "y", "x w16")
            .read(scratch);
    Tensor x = input().to(ScalarType.Half);
    try (GraphExecutor executor = GraphExecutor.of(model, SETTINGS.training("wide"::equals));
        Outputs outputs = executor.run(Map.of("x", x), Set.of("y"))) {
      assertThat(outputs.get("y").scalar_type().intern()).isEqualTo(ScalarType.Float);
      outputs.get("y").sum().backward();
      assertThat(gradient(executor, "wide").defined()).isTrue();
    }
  }

  @Test
  void runsProductsInBfloat16WhereAsked() throws IOException {
    OnnxModel model = floats().weight("w", 8, 3).node("MatMul", "y", "x w").read(scratch);
    Tensor x = input();
    try (GraphExecutor full = GraphExecutor.of(model, SETTINGS);
        GraphExecutor brief =
            GraphExecutor.of(model, SETTINGS.as(ComputeType.BFLOAT16).training(WEIGHTS));
        Outputs expected = full.run(Map.of("x", x), Set.of("y"));
        Outputs found = brief.run(Map.of("x", x), Set.of("y"))) {
      Tensor y = found.get("y");
      assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      y.sum().backward();
      assertThat(gradient(brief, "w").scalar_type().intern()).isEqualTo(ScalarType.Float);
      Tensor reference = expected.get("y");
      double worst = y.to(ScalarType.Float).sub(reference).abs().max().item_double();
      assertThat(worst).isPositive();
      assertThat(worst).isLessThan(BFLOAT16 * reference.abs().max().item_double());
    }
  }

  private static Tensor gradient(GraphExecutor executor, String parameter) {
    return Objects.requireNonNull(executor.parameters().get(parameter)).grad();
  }

  private static SmallGraph floats() {
    return new SmallGraph(DataType.FLOAT);
  }

  private static Tensor input() {
    return torch.randn(new long[] {2, 4, 8}, new TensorOptions(ScalarType.Float));
  }
}
