package io.greenformers.core.linalg;

final class EjmlWeightedSvdTest extends WeightedSvdContract {
  @Override
  SvdSolver solver() {
    return new EjmlSvdSolver();
  }
}
