package io.greenformers.engine.timing;

/** Is told how far the timing is, between two measurements; stops it by throwing. */
@FunctionalInterface
public interface TimingProgress {
  /**
   * Tells.
   *
   * @param fraction from 0 to 1
   * @param activity for people
   */
  void at(double fraction, String activity);
}
