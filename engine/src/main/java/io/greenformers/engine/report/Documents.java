package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.Parity;
import java.util.List;
import java.util.Locale;

/** The documents that stages hand on, as they are written. */
public final class Documents {
  private Documents() {}

  /** {@code factorization.json}: what was decided and proven before anything was measured. */
  public record Factorization(
      int schemaVersion, String solver, Size size, Parity parity, List<SiteDecision> sites) {}

  /**
   * Whole-file sizes, measured on the written bytes.
   *
   * @param ratio compressed / original bytes
   */
  public record Size(
      long originalBytes,
      long compressedBytes,
      double ratio,
      long originalParameters,
      long compressedParameters) {}

  /** A row of {@code sites[]}; rank and retainedEnergy are 0 and 1 where the site is kept. */
  public record SiteDecision(
      String name,
      String kind,
      String operator,
      List<Integer> shape,
      String decision,
      int rank,
      double retainedEnergy,
      String reason) {}

  /** An enum constant as documents spell it. */
  public static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
