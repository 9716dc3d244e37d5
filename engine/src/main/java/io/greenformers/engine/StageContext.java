package io.greenformers.engine;

/** What a stage may tell and ask while it works. */
@FunctionalInterface
interface StageContext {
  /**
   * Tells how far the stage is.
   *
   * @param fraction from 0 to 1
   * @param activity for people
   * @throws StageCancelledException if the parent asked to stop
   */
  void progress(double fraction, String activity);

  /** The same for a part of the stage, whose own fractions go from 0 to 1. */
  default StageContext part(double from, double to) {
    return (fraction, activity) -> progress(from + fraction * (to - from), activity);
  }
}
