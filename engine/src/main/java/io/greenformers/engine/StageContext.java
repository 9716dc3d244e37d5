package io.greenformers.engine;

/** What a stage may tell and ask while it works. */
interface StageContext {
  /**
   * Tells how far the stage is.
   *
   * @param fraction from 0 to 1
   * @param activity for people
   * @throws StageCancelledException if the parent asked to stop
   */
  void progress(double fraction, String activity);
}
