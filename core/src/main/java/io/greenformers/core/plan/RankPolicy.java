package io.greenformers.core.plan;

import io.greenformers.core.site.Site;
import java.util.Map;

/** The rule that turns a site into a rank. */
public sealed interface RankPolicy {

  /** r = ⌊ratio·mn/(m+n)⌋: every site keeps the same share of its weights. */
  record Uniform(double ratio) implements RankPolicy {}

  /** The least rank with Σσ²kept/Σσ² ≥ {@code retained}. */
  record Energy(double retained) implements RankPolicy {}

  /** The same rank for every site. */
  record Fixed(int rank) implements RankPolicy {}

  /** Ranks by site name; other sites are kept. */
  record Manual(Map<String, Integer> ranks) implements RankPolicy {
    public Manual {
      ranks = Map.copyOf(ranks);
    }
  }

  /**
   * The largest uniform ratio with which the whole file takes at most {@code sizeRatio} of the
   * original.
   */
  record Budget(double sizeRatio) implements RankPolicy {}

  /**
   * Ranks that a search found; other sites are kept.
   *
   * @param why in words for people
   */
  record Found(Map<Site, Integer> ranks, String why) implements RankPolicy {
    public Found {
      ranks = Map.copyOf(ranks);
    }
  }

  /** Full rank, whatever it costs: for proofs. */
  record Full() implements RankPolicy {}
}
