package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class MainTest {
  @Test
  void findsAFullDiskBelowOtherErrors() {
    IOException full = new IOException("No space left on device");
    assertThat(Main.isDiskFull(full)).isTrue();
    assertThat(Main.isDiskFull(new IllegalStateException("x", new UncheckedIOException(full))))
        .isTrue();
    assertThat(Main.isDiskFull(new IllegalStateException("x", new IOException("y")))).isFalse();
  }

  @Test
  void endsTheSearchInACircleOfCauses() {
    IllegalStateException first = new IllegalStateException("a");
    first.initCause(new IllegalStateException("b", first));
    assertThat(Main.isDiskFull(first)).isFalse();
  }
}
