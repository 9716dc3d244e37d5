package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.LatencyGrid;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Figures as people say them, the same in every form of the report. */
public final class Words {
  private static final double PERCENT = 100;
  private static final double THOUSAND = 1000;
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB");

  private Words() {}

  /** The verdict in a sentence. */
  public static String verdict(Report report) {
    Report.Gate gate = report.gate();
    return gate.bound()
        .map(bound -> "Not passed: the bound " + bound + " does not hold.")
        .orElse(
            gate.bounds().isEmpty()
                ? "Done: no bound was asked for."
                : "Passed: every bound of the budget holds.");
  }

  /** {@code 90.4 MB}: of 1000 each. */
  public static String bytes(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= THOUSAND && unit < UNITS.size() - 1) {
      amount /= THOUSAND;
      unit++;
    }
    return say(unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS.get(unit));
  }

  /** A difference in accuracy: in points where the metric is a share. */
  public static String drop(Report.AccuracyFigures accuracy, double drop) {
    return isShare(accuracy) ? say("%+.2f points", PERCENT * drop) : say("%+.3f", drop);
  }

  /** All metrics but the perplexity lie between −1 and 1. */
  private static boolean isShare(Report.AccuracyFigures accuracy) {
    return !accuracy.metric().equals("perplexity");
  }

  /** {@code 95 %}, with the decimals that it needs. */
  public static String percent(double share) {
    return say("%.2f", PERCENT * share).replaceFirst("\\.?0+$", "") + " %";
  }

  /** The key of a bound, in words. */
  public static String bound(String name) {
    return switch (name) {
      case "sizeRatio" -> "size";
      case "latencyRatio" -> "latency";
      case "accuracyDrop" -> "drop in accuracy";
      default -> name;
    };
  }

  /** The least speed-up of all shapes; empty where none was timed. */
  public static OptionalDouble worstSpeedup(Report report) {
    return Latencies.cells(report).stream().mapToDouble(LatencyGrid.Cell::speedup).min();
  }

  /** The largest speed-up of all shapes. */
  public static OptionalDouble bestSpeedup(Report report) {
    return Latencies.cells(report).stream().mapToDouble(LatencyGrid.Cell::speedup).max();
  }

  /** How many sites are factorized. */
  public static String sites(Report report) {
    long factorized = report.sites().stream().filter(s -> s.rank() > 0).count();
    return say("%d of %d sites are factorized.", factorized, report.sites().size());
  }

  /** A format that is the same in every country. */
  @SuppressWarnings("AnnotateFormatMethod")
  public static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
