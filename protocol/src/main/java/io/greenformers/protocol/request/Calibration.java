package io.greenformers.protocol.request;

/**
 * How the statistics of a site's inputs are taken.
 *
 * @param samples how many texts at most
 */
public record Calibration(int samples) {
  public static final Calibration DEFAULT = new Calibration(512);

  public Calibration {
    Checks.require(
        samples > 0 && samples <= 100_000, "calibration.samples", "1 to 100000", samples);
  }
}
