package io.greenformers.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DistortionTest {
  private static final List<Map<String, Tensor>> REFERENCES =
      List.of(outputs(1, 10, 3, 20), outputs(5, 30, 7, 40));

  @Test
  void ofEqualOutputsIsZero() {
    assertThat(measure(REFERENCES)).isZero();
  }

  @Test
  void ofTheMeanIsOne() {
    // of each element of the last axis: 4 and 25
    assertThat(measure(List.of(outputs(4, 25, 4, 25), outputs(4, 25, 4, 25))))
        .isEqualTo(1, within(1e-9));
  }

  @Test
  void ofOutputsThatAreNoNumbersIsInfinite() {
    assertThat(measure(List.of(outputs(1, 10, 3, Float.NaN), outputs(5, 30, 7, 40)))).isInfinite();
  }

  @Test
  void theRoundingOfAnOutputThatNeverChangesIsNone() {
    List<Map<String, Tensor>> constant = List.of(outputs(3, 5, 3, 5));
    Distortion distortion = Distortion.from(constant);
    distortion.add(0, outputs(3.000001f, 5, 3, 5));
    assertThat(distortion.value()).isLessThan(1e-4);
  }

  @Test
  void measuresTheSameAgain() {
    Distortion first = Distortion.from(REFERENCES);
    first.add(0, outputs(0, 0, 0, 0));
    assertThat(first.value()).isPositive();
    assertThat(first.again().value()).isZero();
  }

  private static double measure(List<Map<String, Tensor>> found) {
    Distortion distortion = Distortion.from(REFERENCES);
    for (int i = 0; i < found.size(); i++) {
      distortion.add(i, found.get(i));
    }
    return distortion.value();
  }

  /** Two rows of two. */
  private static Map<String, Tensor> outputs(float... values) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    for (float value : values) {
      bytes.putFloat(value);
    }
    return Map.of("y", new Tensor(ElementType.FLOAT, List.of(2L, 2L), bytes.flip()));
  }
}
