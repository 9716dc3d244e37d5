package io.greenformers.core.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

final class MomentsTest {
  private static FloatBuffer floats(float... values) {
    return FloatBuffer.wrap(values);
  }

  @Test
  void addsUpBatches() {
    try (Moments moments = new Moments(2)) {
      moments.add(3, floats(3, 6), floats(3, 6, 6, 12));
      moments.add(1, floats(1, -2), floats(1, -2, -2, 4));
      assertThat(moments.count()).isEqualTo(4);
      assertThat(moments.mean(0)).isEqualTo(1);
      assertThat(moments.mean(1)).isEqualTo(1);
      assertThat(moments.second(0, 0)).isEqualTo(1);
      assertThat(moments.second(1, 0)).isEqualTo(1);
      assertThat(moments.second(1, 1)).isEqualTo(4);
    }
  }

  @Test
  void refusesValuesThatAreNotFiniteAndAddsNothing() {
    try (Moments moments = new Moments(2)) {
      assertThatThrownBy(
              () -> moments.add(1, floats(1, 2), floats(1, 2, Float.POSITIVE_INFINITY, 4)))
          .isInstanceOf(DecompositionException.class)
          .hasMessageContaining("Infinity in the products of inputs 1, 0");
      assertThatThrownBy(() -> moments.add(1, floats(1, Float.NaN), floats(1, 2, 2, 4)))
          .isInstanceOf(DecompositionException.class)
          .hasMessageContaining("NaN in the sum of input 1");
      assertThat(moments.count()).isZero();
      assertThat(moments.second(0, 0)).isZero();
    }
  }

  @Test
  void refusesBuffersOfAnotherSize() {
    try (Moments moments = new Moments(2)) {
      assertThatThrownBy(() -> moments.add(1, floats(1), floats(1, 2, 2, 4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 2 sums, found 1");
    }
  }
}
