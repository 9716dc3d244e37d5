package io.greenformers.core.plan;

import io.greenformers.core.linalg.Spectrum;

/**
 * What the rank of a site does to the outputs of the model: distortion(r) = scale · Σσ²dropped/Σσ².
 *
 * @param spectrum of the site's weight, in the norm in which it was decomposed
 * @param scale the distortion of the model's outputs if all of the energy were dropped, as it was
 *     measured at some rank; at least 0
 */
public record Effect(Spectrum spectrum, double scale) {
  public Effect {
    if (!(scale >= 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("expected a finite scale of at least 0, found " + scale);
    }
  }

  /**
   * From one measurement.
   *
   * @param measured the distortion of the outputs with the site at {@code rank}
   */
  public static Effect measured(Spectrum spectrum, int rank, double measured) {
    double dropped = 1 - spectrum.retainedEnergy(rank);
    return new Effect(spectrum, dropped > 0 ? Math.max(0, measured) / dropped : 0);
  }

  /** The distortion to expect at a rank. */
  public double distortion(int rank) {
    return scale * Math.max(0, 1 - spectrum.retainedEnergy(rank));
  }
}
