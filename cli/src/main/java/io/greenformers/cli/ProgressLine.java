package io.greenformers.cli;

import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
final class ProgressLine {
  private static final int STEPS = 1000;
  private static final double LINE_EVERY = 0.25;

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal;
  private @Nullable ProgressBar bar;
  private double nextLine;

  ProgressLine(PrintStream err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  synchronized void show(Stage stage, ChildMessage.Progress progress) {
    String name = stage.name().toLowerCase(Locale.ROOT);
    if (quiet) {
      return;
    }
    if (terminal) {
      bar(name)
          .stepTo(Math.round(progress.fraction() * STEPS))
          .setExtraMessage(progress.activity());
    } else if (progress.fraction() >= nextLine) {
      err.printf("%s %3.0f%% %s%n", name, progress.fraction() * 100, progress.activity());
      nextLine = progress.fraction() + LINE_EVERY;
    }
  }

  /** Lines that a child logs help whoever reports a problem. */
  void log(String line) {
    if (Boolean.getBoolean("greenformers.debug")) {
      err.println("engine: " + line);
    }
  }

  synchronized void end() {
    nextLine = 0;
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private ProgressBar bar(String name) {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(STEPS)
              .setStyle(ProgressBarStyle.ASCII)
              .hideEta()
              .build();
    }
    return bar;
  }
}
