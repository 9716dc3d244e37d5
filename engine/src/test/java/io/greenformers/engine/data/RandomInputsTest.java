package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sizes of axes that a caller may choose. */
final class RandomInputsTest {

  @Test
  void theFirstAxisIsTheBatchAndAllOthersAreTheSequence() {
    assertThat(shape("x", spec("x", "", "height", 3, "width"))).containsExactly(2L, 5L, 3L, 5L);
  }

  @Test
  void axesOfTheNameOfTheBatchAreAsLargeWhereverTheyAre() {
    assertThat(shape("state", spec("x", "batch", "n"), spec("state", 2, "batch", 8)))
        .containsExactly(2L, 2L, 8L);
  }

  @Test
  void aMaskCoversTheCacheAndTheText() {
    InputSpec past = spec("past", "batch", 4, "past_sequence_length", 8);
    assertThat(shape("mask", past, spec("mask", "batch", "past_sequence_length + sequence_length")))
        .containsExactly(2L, 10L);
    assertThat(shape("mask", past, spec("mask", "batch", "total_sequence_length")))
        .containsExactly(2L, 10L);
    assertThat(shape("past", past)).containsExactly(2L, 4L, 5L, 8L);
  }

  private static List<Long> shape(String name, InputSpec... specs) {
    Map<String, Tensor> inputs = new RandomInputs(List.of(specs), Map.of(), 1).next(2, 5);
    return Objects.requireNonNull(inputs.get(name), name).shape();
  }

  /** Sizes are names, or numbers. */
  private static InputSpec spec(String name, Object... shape) {
    return new InputSpec(
        name,
        ElementType.FLOAT,
        Arrays.stream(shape)
            .map(size ->
                size instanceof Integer fixed
                    ? (Dimension) new Dimension.Fixed(fixed)
                    : new Dimension.Dynamic((String) size))
            .toList());
  }
}
