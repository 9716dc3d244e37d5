package io.greenformers.engine.recovery;

import java.util.ArrayList;
import java.util.List;

/**
 * The losses of a training's steps, thinned out: every point is the mean of as many steps, and when
 * there are too many points, each two become one.
 *
 * @param width steps per point
 * @param means of whole points
 * @param sum of the losses since
 * @param count how many
 */
record LossCurve(int width, List<Double> means, double sum, int count) {
  private static final int MOST_POINTS = 128;

  static final LossCurve EMPTY = new LossCurve(1, List.of(), 0, 0);

  LossCurve {
    means = List.copyOf(means);
  }

  /** With one more step. */
  LossCurve with(double loss) {
    if (count + 1 < width) {
      return new LossCurve(width, means, sum + loss, count + 1);
    }
    List<Double> longer = new ArrayList<>(means);
    longer.add((sum + loss) / width);
    return longer.size() < MOST_POINTS ? new LossCurve(width, longer, 0, 0) : halved(longer);
  }

  private LossCurve halved(List<Double> points) {
    List<Double> fewer = new ArrayList<>();
    for (int i = 0; i + 1 < points.size(); i += 2) {
      fewer.add((points.get(i) + points.get(i + 1)) / 2);
    }
    return new LossCurve(2 * width, fewer, 0, 0);
  }

  /** The mean losses, each with the last step that counts for it. */
  List<LossPoint> points() {
    List<LossPoint> points = new ArrayList<>();
    for (int i = 0; i < means.size(); i++) {
      points.add(new LossPoint((long) (i + 1) * width, means.get(i)));
    }
    if (count > 0) {
      points.add(new LossPoint((long) means.size() * width + count, sum / count));
    }
    return points;
  }
}
