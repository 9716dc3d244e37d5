package io.greenformers.engine.timing;

/** Whether a site is faster with factors. */
public sealed interface Verdict {
  /** In words for people. */
  String reason();

  /**
   * No slower than dense at any shape of the grid, up to a rank.
   *
   * @param largestRank the largest one, a multiple of what was asked for, that is no slower
   */
  record Wins(int largestRank, String reason) implements Verdict {
    public Wins {
      if (largestRank < 1) {
        throw new IllegalArgumentException("expected a rank of 1 or more, found " + largestRank);
      }
    }
  }

  /** Slower than dense at some shape of the grid, at any rank that was tried. */
  record Loses(String reason) implements Verdict {}

  /** It cannot be timed alone. */
  record Untimed(String reason) implements Verdict {}
}
