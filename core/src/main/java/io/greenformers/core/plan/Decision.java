package io.greenformers.core.plan;

/** What happens to a site, and why. */
public sealed interface Decision {
  /** Why, in words for people. */
  String reason();

  /** The weight stays as it is. */
  record Keep(String reason) implements Decision {}

  /**
   * The weight is replaced by factors.
   *
   * @param rank r of the factors, at least 1
   */
  record Factorize(int rank, String reason) implements Decision {
    public Factorize {
      if (rank < 1) {
        throw new IllegalArgumentException("expected a rank of 1 or more, found " + rank);
      }
    }
  }
}
