package io.greenformers.engine.recovery;

/**
 * The learning rate over the steps of a training: it rises linearly from 0, then falls to 0.
 *
 * @param highest at the end of the warm-up
 * @param warmup its share of all steps, in [0, 1)
 * @param decay how it falls
 */
public record LearningRate(double highest, double warmup, Decay decay) {

  /** How it falls. */
  public enum Decay {
    LINEAR,
    /** Half a cosine (Loshchilov and Hutter 2017, SGDR, equation 5, without restarts). */
    COSINE
  }

  public LearningRate {
    if (!(highest > 0) || !(warmup >= 0 && warmup < 1)) {
      throw new IllegalArgumentException(
          "expected a rate above 0 and a warm-up in [0, 1), found %s and %s"
              .formatted(highest, warmup));
    }
  }

  /**
   * The rate of one step.
   *
   * @param step from 0
   * @param steps of the whole training
   */
  public double at(long step, long steps) {
    double rising = Math.ceil(warmup * steps);
    if (step < rising) {
      return highest * (step + 1) / rising;
    }
    double left = (steps - step) / Math.max(1, steps - rising);
    return switch (decay) {
      case LINEAR -> highest * left;
      case COSINE -> highest * (1 - Math.cos(Math.PI * left)) / 2;
    };
  }
}
