package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CrashLogTest {
  @Test
  void tellsTheSignalAndTheFrame() {
    String head =
        """
        #
        # A fatal error has been detected by the Java Runtime Environment:
        #
        #  SIGSEGV (0xb) at pc=0x00007f1c2d0a1b2c, pid=4242, tid=4243
        #
        # JRE version: OpenJDK Runtime Environment (25.0.1+8)
        # Problematic frame:
        # C  [libonnxruntime.so+0x12ab2c]  onnxruntime::Loop::Compute+0x1c
        #
        """;
    assertThat(CrashLog.summary(head))
        .contains(
            "SIGSEGV (0xb) in C [libonnxruntime.so+0x12ab2c] onnxruntime::Loop::Compute+0x1c");
  }

  @Test
  void tellsNothingOfOtherText() {
    assertThat(CrashLog.summary("hello\n# Problematic frame:")).isEmpty();
  }
}
