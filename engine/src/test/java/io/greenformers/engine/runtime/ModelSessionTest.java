package io.greenformers.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ModelSessionTest {
  @TempDir Path directory;

  @Test
  void runsAndTimesAModel() throws Exception {
    Path model = TestModels.unary(directory, "Neg", "n", "batch", 2);
    try (ModelSession session = ModelSession.open(model, Optimization.ALL)) {
      assertThat(session.inputs())
          .containsExactly(
              new InputSpec(
                  "x",
                  ElementType.FLOAT,
                  List.of(new Dimension.Dynamic("batch"), new Dimension.Fixed(2))));
      Map<String, Tensor> inputs = Map.of("x", tensor(List.of(1L, 2L), 3, -4));
      assertThat(session.run(inputs).get("y"))
          .satisfies(y -> {
            assertThat(y.shape()).containsExactly(1L, 2L);
            assertThat(y.get(0)).isEqualTo(-3);
            assertThat(y.get(1)).isEqualTo(4);
          });
      try (Feed feed = Feed.of(inputs)) {
        assertThat(session.time(feed)).isPositive();
        assertThat(session.time(feed)).isPositive();
      }
    }
  }

  @Test
  @Timeout(30)
  void terminatesALoopThatNeverEnds() throws Exception {
    Path model = TestModels.endlessLoop(directory);
    try (ModelSession session =
        ModelSession.open(model, Optimization.NONE, Duration.ofMillis(300))) {
      assertThatThrownBy(() -> session.run(Map.of("x", tensor(List.of(1L), 1))))
          .isInstanceOfSatisfying(
              RunLimitException.class, e -> assertThat(e.code()).isEqualTo("model-run-limit"))
          .hasMessageContaining("0.3 seconds");
    }
  }

  @Test
  void namesTheOperatorThatDoesNotExist() throws Exception {
    Path model = TestModels.unary(directory, "Negg", "/encoder/neg", 2);
    assertThatThrownBy(() -> ModelSession.open(model, Optimization.NONE))
        .isInstanceOfSatisfying(
            UnrunnableModelException.class,
            e -> assertThat(e.code()).isEqualTo("model-unknown-operator"))
        .hasMessageContaining("'/encoder/neg'")
        .hasMessageContaining("'Negg'")
        .hasMessageContaining("'ai.onnx'")
        .hasMessageNotContaining(directory.toString());
  }

  @Test
  void saysWhatFailsWithoutPathsOfTheRuntimesBuild() throws Exception {
    Path model = TestModels.unary(directory, "Neg", "n", 2);
    try (ModelSession session = ModelSession.open(model, Optimization.NONE)) {
      assertThatThrownBy(() -> session.run(Map.of("x", tensor(List.of(3L), 1, 2, 3))))
          .isInstanceOfSatisfying(
              UnrunnableModelException.class,
              e -> assertThat(e.code()).isEqualTo("model-unrunnable"))
          .hasMessageContaining("index: 0 Got: 3 Expected: 2")
          .hasMessageNotContaining("onnxruntime_src");
    }
  }

  static Tensor tensor(List<Long> shape, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new Tensor(ElementType.FLOAT, shape, bytes.flip());
  }
}
