package io.greenformers.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SiteWorkersTest {
  private static final long MEGABYTE = 1 << 20;
  private static final List<Integer> ITEMS = IntStream.range(0, 200).boxed().toList();

  @Test
  void keepsTheOrderOfTheItems() {
    List<Integer> squares = new SiteWorkers(4, 100 * MEGABYTE).map(ITEMS, i -> 1, i -> i * i);
    assertThat(squares).isEqualTo(ITEMS.stream().map(i -> i * i).toList());
  }

  @Test
  void neverTakesMoreThanTheBoundUnlessOneItemDoes() {
    AtomicLong taken = new AtomicLong();
    AtomicLong most = new AtomicLong();
    AtomicInteger alone = new AtomicInteger();
    new SiteWorkers(8, 10 * MEGABYTE)
        .map(
            ITEMS,
            i -> i % 50 == 0 ? 99 * MEGABYTE : 4 * MEGABYTE,
            i -> {
              long now = taken.addAndGet(i % 50 == 0 ? 10 : 4);
              most.accumulateAndGet(now, Math::max);
              alone.addAndGet(i % 50 == 0 && now == 10 ? 1 : 0);
              Thread.onSpinWait();
              return taken.addAndGet(i % 50 == 0 ? -10 : -4);
            });
    assertThat(most.get()).isLessThanOrEqualTo(10);
    assertThat(alone.get()).isEqualTo(4);
  }

  @Test
  void stopsAtAFailureAndThrowsIt() {
    AtomicInteger begun = new AtomicInteger();
    assertThatThrownBy(() ->
            new SiteWorkers(2, MEGABYTE)
                .map(
                    ITEMS,
                    i -> 1,
                    i -> {
                      begun.incrementAndGet();
                      if (i == 3) {
                        throw new IllegalStateException("site 3");
                      }
                      return i;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("site 3");
    assertThat(begun.get()).isLessThan(ITEMS.size());
  }
}
