package io.greenformers.service.console;

import io.greenformers.protocol.report.Visible;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures and names as pages write them. */
final class Words {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH);
  private static final int SHORT_ID = 12;

  private Words() {}

  /** A name that may be anything: what turns text around or ends lines is shown by number. */
  static String name(String text) {
    return Visible.escape(text, Character::toString);
  }

  /** {@code 45.1 MB}, of 1,000,000 bytes each. */
  static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  /** The same of bytes that were reckoned, or read from a report. */
  static String bytes(double bytes) {
    String[] units = {"bytes", "kB", "MB", "GB", "TB"};
    int unit = 0;
    double value = bytes;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%." + (unit == 0 ? 0 : 1) + "f %s", value, units[unit]);
  }

  /** {@code 49.9 %}. */
  static String percent(double ratio) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * ratio);
  }

  /** {@code 50} or {@code 0.5}: a figure that somebody chose, as they would write it. */
  static String plain(double value) {
    return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
  }

  /** {@code 1.37×}. */
  static String times(double factor) {
    return String.format(Locale.ROOT, "%.2f×", factor);
  }

  static String figure(double value, int places) {
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }

  /** {@code 22,566,146}. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String time(Instant time) {
    return TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  /** {@code 2 min 13 s}. */
  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? "%d min %d s".formatted(seconds / 60, seconds % 60)
        : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
  }

  /** The beginning of an id, enough to recognise it by. */
  static String shortId(String id) {
    String digits = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
    return digits.substring(0, Math.min(SHORT_ID, digits.length()));
  }
}
