package io.greenformers.core.linalg;

final class OpenBlasWeightedSvdTest extends WeightedSvdContract {
  @Override
  SvdSolver solver() {
    return new OpenBlasSvdSolver();
  }
}
