package io.greenformers.core.linalg;

final class EjmlSvdSolverTest extends SvdContract {
  @Override
  SvdSolver solver() {
    return new EjmlSvdSolver();
  }
}
