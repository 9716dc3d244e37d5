package io.greenformers.cli.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
public final class ProgressLine {
  private static final int STEPS = 1000;
  private static final double LINE_EVERY = 0.25;

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal;
  private @Nullable ProgressBar bar;
  private String current = "";
  private double nextLine;

  public ProgressLine(PrintStream err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /**
   * Shows how far something is.
   *
   * @param stage what is going on; a new one begins a new bar
   * @param fraction of the stage, from 0 to 1
   */
  public synchronized void show(String stage, double fraction, String activity) {
    if (quiet) {
      return;
    }
    String name = stage.toLowerCase(Locale.ROOT);
    if (!name.equals(current)) {
      end();
      current = name;
    }
    if (terminal) {
      bar(name).stepTo(Math.round(fraction * STEPS)).setExtraMessage(" " + activity);
    } else if (fraction >= nextLine) {
      err.printf("%-9s %3.0f %% %s%n", name, fraction * 100, activity);
      nextLine = fraction + LINE_EVERY;
    }
  }

  /** Tells something once. */
  public synchronized void say(String line) {
    if (!quiet) {
      err.println("greenformers: " + line);
    }
  }

  /** Lines that a child logs help whoever reports a problem. */
  public void log(String line) {
    if (Boolean.getBoolean("greenformers.debug")) {
      err.println("engine: " + line);
    }
  }

  public synchronized void end() {
    nextLine = 0;
    current = "";
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
