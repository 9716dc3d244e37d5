package io.greenformers.core.linalg;

import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Decompositions by OpenBLAS: {@link FastSvd} where it is safe, else {@link GramSvd}.
 *
 * <p>OpenBLAS runs on one thread, for the whole process. The eigenproblem is bound by memory, so a
 * second core gains little; and OpenBLAS threads spin at their barriers, so on a busy machine they
 * cost up to sixty times (768 x 768 on 2 shared cores: 0.1 s on one thread, 0.3 to 6.5 s on two).
 * One thread also makes results independent of the number of cores. Figures: SvdBenchmark.
 */
final class OpenBlasSvdSolver implements SvdSolver {

  OpenBlasSvdSolver() {
    Loader.load(openblas.class);
    openblas_nolapack.blas_set_num_threads(1);
  }

  @Override
  public Svd decompose(Matrix matrix, InputWeighting weighting, int mostRank) {
    TallSide t = TallSide.of(matrix);
    Metric metric = Metric.of(weighting, matrix.rows());
    int rank = Math.min(mostRank, t.n());
    Optional<Svd> fast =
        metric instanceof Metric.Identity ? FastSvd.decompose(t, rank) : Optional.empty();
    return fast.orElseGet(() -> GramSvd.decompose(t, metric, rank));
  }
}
