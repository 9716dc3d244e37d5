package io.greenformers.engine.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A linear axis.
 *
 * @param low its begin
 * @param high its end, above the begin
 */
record Axis(String label, double low, double high) {
  private static final int TICKS = 4;
  private static final double ROUNDING = 1e-9;
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  Axis {
    if (!(high > low) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException(
          "expected an axis that begins before it ends, found %s to %s".formatted(low, high));
    }
  }

  /** An axis that these values lie on, with a margin. */
  static Axis around(String label, DoubleStream values) {
    double[] all = values.filter(Double::isFinite).sorted().toArray();
    double low = all.length == 0 ? 0 : all[0];
    double high = all.length == 0 ? 1 : all[all.length - 1];
    double margin = Math.max((high - low) / 10, Math.max(Math.abs(high), 1) * ROUNDING);
    return new Axis(label, low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin);
  }

  /** Where a value lies, from 0 to 1; at an end where it lies beyond. */
  double share(double value) {
    return Math.clamp((value - low) / (high - low), 0, 1);
  }

  /** Round values, about as many as fit. */
  List<Double> ticks() {
    double step = step();
    List<Double> ticks = new ArrayList<>();
    for (double i = Math.ceil(low / step - ROUNDING); i * step <= high + step * ROUNDING; i++) {
      ticks.add(i * step + 0.0); // no -0
    }
    return ticks;
  }

  private double step() {
    double least = (high - low) / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : STEPS) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** A tick with the decimals that tell it from its neighbours. */
  String say(double tick) {
    int decimals = (int) Math.clamp(1 - Math.floor(Math.log10(step())), 0, 6);
    String text = String.format(Locale.ROOT, "%." + decimals + "f", tick);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }
}
