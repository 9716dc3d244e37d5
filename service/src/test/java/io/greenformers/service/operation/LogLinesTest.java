package io.greenformers.service.operation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private static final LoggerContext CONTEXT = new LoggerContext();
  private static final Executor WORKER = task -> Thread.ofPlatform().name("worker").start(task);

  private final LogLines lines = new LogLines();

  private static LoggingEvent event() {
    LoggingEvent event =
        new LoggingEvent(
            "",
            CONTEXT.getLogger("a.b.Worker"),
            Level.ERROR,
            "it failed",
            failure(),
            new Object[0]);
    event.setMDCPropertyMap(Map.of("tenant", "search", "compression", "1234", "empty", ""));
    return event;
  }

  private static Exception failure() {
    return new IllegalStateException("outer canary", new IllegalArgumentException("inner canary"));
  }

  @Test
  void saysWhomItIsAbout() {
    assertThat(lines.format(event()))
        .contains("ERROR Worker compression=1234 tenant=search: it failed");
  }

  @Test
  void tracesNameExceptionsButNotWhatTheySay() {
    String line = CompletableFuture.supplyAsync(() -> lines.format(event()), WORKER).join();
    assertThat(line)
        .contains("IllegalStateException", "IllegalArgumentException", "LogLinesTest.failure")
        .doesNotContain("canary");
  }

  @Test
  void whileStartingTheyTellAll() {
    String name = Thread.currentThread().getName();
    Thread.currentThread().setName("main");
    try {
      assertThat(lines.format(event())).contains("outer canary", "inner canary");
    } finally {
      Thread.currentThread().setName(name);
    }
  }
}
