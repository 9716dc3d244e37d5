package io.greenformers.core.linalg;

final class OpenBlasSvdSolverTest extends SvdContract {
  @Override
  SvdSolver solver() {
    return new OpenBlasSvdSolver();
  }
}
