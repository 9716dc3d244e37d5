package io.greenformers.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

final class OutOfMemoryTest {
  @Test
  void aTensorThatNoMachineHoldsIsToldFromOtherErrors() {
    Torch.prepare();
    try (Scope scope = new Scope()) {
      RuntimeException tooLarge = catchRuntimeException(() -> torch.zeros(1L << 50));
      RuntimeException misshapen = catchRuntimeException(() -> torch.zeros(2).add(torch.zeros(3)));
      assertThat(OutOfMemory.isCauseOf(new IllegalStateException(tooLarge))).isTrue();
      assertThat(misshapen).isNotNull();
      assertThat(OutOfMemory.isCauseOf(misshapen)).isFalse();
    }
  }
}
