package io.greenformers.core.linalg;

/** Chooses once, when first asked. */
final class BestSolver {
  static final SvdSolver INSTANCE = choose();

  private BestSolver() {}

  private static SvdSolver choose() {
    try {
      return new OpenBlasSvdSolver();
    } catch (LinkageError e) {
      System.getLogger(BestSolver.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "OpenBLAS cannot be loaded ({0}); decompositions use EJML, about ten times slower",
              e.getMessage());
      return new EjmlSvdSolver();
    }
  }
}
