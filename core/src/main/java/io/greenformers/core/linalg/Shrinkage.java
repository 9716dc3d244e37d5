package io.greenformers.core.linalg;

import io.greenformers.core.linalg.InputWeighting.Covariance;

/** How far a covariance of few inputs is drawn towards a multiple of the identity. */
final class Shrinkage {
  private Shrinkage() {}

  /** ρ = ((1−2/n)·tr(C²) + tr²(C)) / ((N+1−2/n)·(tr(C²) − tr²(C)/n)), at most 1. */
  static double oracleApproximating(Moments moments, boolean centered) {
    Covariance plain = new Covariance(moments, centered, 0);
    int n = moments.size();
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += plain.at(i, i);
    }
    if (!(trace > 0)) {
      return 1;
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double share = plain.at(i, j) / trace;
        squares += share * share;
      }
    }
    double above = (1 - 2.0 / n) * squares + 1;
    double below = (moments.count() + 1 - 2.0 / n) * (squares - 1.0 / n);
    return below <= above ? 1 : above / below;
  }
}
