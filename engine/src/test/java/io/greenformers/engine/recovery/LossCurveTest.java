package io.greenformers.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LossCurveTest {
  private static final int MOST_POINTS = 128;
  private static final double ROUNDING = 1e-9;

  @Test
  void aShortTrainingKeepsEveryStep() {
    assertThat(after(3).points())
        .containsExactly(new LossPoint(1, 1), new LossPoint(2, 2), new LossPoint(3, 3));
  }

  @Test
  void aLongTrainingKeepsMeansAndNeitherLosesNorRepeatsAStep() {
    for (int steps : new int[] {127, 128, 129, 255, 256, 1000, 12_345}) {
      List<LossPoint> points = after(steps).points();
      assertThat(points).hasSizeLessThanOrEqualTo(MOST_POINTS);
      assertThat(points.getLast().step()).isEqualTo(steps);
      double sum = 0;
      long before = 0;
      for (LossPoint point : points) {
        sum += point.loss() * (point.step() - before);
        before = point.step();
      }
      assertThat(sum / steps).isCloseTo((steps + 1) / 2.0, within(steps * ROUNDING));
    }
  }

  /** Losses 1, 2, 3 and so on. */
  private static LossCurve after(int steps) {
    LossCurve curve = LossCurve.EMPTY;
    for (int i = 1; i <= steps; i++) {
      curve = curve.with(i);
    }
    return curve;
  }
}
