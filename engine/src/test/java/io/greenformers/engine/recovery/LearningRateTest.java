package io.greenformers.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LearningRateTest {
  private static final double EXACT = 1e-12;

  @ParameterizedTest
  @EnumSource
  void risesToTheHighestAndFallsToNothing(LearningRate.Decay decay) {
    LearningRate rate = new LearningRate(1e-3, 0.1, decay);
    assertThat(rate.at(0, 100)).isCloseTo(1e-4, within(EXACT));
    assertThat(rate.at(9, 100)).isCloseTo(1e-3, within(EXACT));
    assertThat(rate.at(55, 100)).isCloseTo(5e-4, within(EXACT));
    assertThat(rate.at(99, 100)).isBetween(0.0, 1.2e-5);
    for (int step = 10; step < 99; step++) {
      assertThat(rate.at(step + 1, 100)).isLessThan(rate.at(step, 100));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSingleStepWithoutWarmUpIsTheHighest(LearningRate.Decay decay) {
    assertThat(new LearningRate(0.5, 0, decay).at(0, 1)).isCloseTo(0.5, within(EXACT));
  }
}
