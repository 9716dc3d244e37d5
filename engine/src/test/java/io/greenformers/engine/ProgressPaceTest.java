package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressPaceTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final ProgressPace pace = new ProgressPace(now::get);

  @Test
  void letsTenASecondThrough() {
    int let = 0;
    for (int i = 0; i < 1000; i++) {
      let += pace.lets(i / 1001.0) ? 1 : 0;
      now.addAndGet(Duration.ofMillis(1).toNanos());
    }
    assertThat(let).isEqualTo(10);
  }

  @Test
  void alwaysLetsTheFirstAndTheLastThrough() {
    assertThat(pace.lets(0.5)).isTrue();
    assertThat(pace.lets(0.9)).isFalse();
    assertThat(pace.lets(1)).isTrue();
  }
}
