package io.greenformers.core.linalg;

/**
 * The weighted SVD of A [in, out] by all eigenvectors of a Gram matrix of its smaller side, in fp64
 * (Golub and Van Loan, Matrix Computations, 4th ed., 8.6.3). With C = S·Sᵀ:
 *
 * <ul>
 *   <li>out ≤ in: V of Aᵀ·C·A, left = A·V, right = Vᵀ. Needs no inverse.
 *   <li>out &gt; in: U of Sᵀ·A·Aᵀ·S, left = S⁻ᵀ·U, right = (S·U)ᵀ·A.
 * </ul>
 *
 * <p>V and U are orthogonal to working precision whatever the condition of A, so left·right is A to
 * rounding: at full rank nothing is lost (where out &gt; in, up to the condition of S, which the
 * ridge bounds). Squaring costs accuracy only in singular values below about 1e-8·σ₁, which the
 * weights of a model, fp32 at most, do not carry. A is scaled by a power of two, so that squares of
 * fp64 elements neither overflow nor underflow.
 *
 * <p>Native memory at the peak: 8·(2n² + np + mp) bytes and a block, for the smaller side n and the
 * larger m; weighted by covariances, 8·(n² + m²) or 8·(m² + 2mn) more.
 */
final class GramSvd {
  private final TallSide t;
  private final Metric metric;
  private final Root root;
  private final int rank;
  private final double scale;
  private final double[] block;

  private GramSvd(TallSide t, Metric metric, Root root, int rank) {
    this.t = t;
    this.metric = metric;
    this.root = root;
    this.rank = rank;
    this.scale = Magnitude.powerOfTwo(t);
    this.block = new double[t.blockRows() * t.n()];
  }

  static Svd decompose(TallSide t, Metric metric, int rank) {
    try (Root root = Root.of(metric, t.tall() ? t.m() : t.n())) {
      return new GramSvd(t, metric, root, rank).decompose();
    }
  }

  private Svd decompose() {
    try (NativeMatrix gram = gram()) {
      double[] energies = gram.becomeEigenvectors();
      NativeMatrix small = gram.lastRows(rank);
      NativeMatrix big = t.tall() ? new NativeMatrix(t.m(), rank) : new NativeMatrix(rank, t.m());
      try (NativeMatrix factor = gram.lastRows(rank)) {
        if (!t.tall()) {
          root.reweigh(factor);
          root.unweigh(small);
        }
        multiply(factor, big);
        return new Balance(t, metric, scale).of(big, small, energies);
      } catch (Throwable e) {
        big.close();
        small.close();
        throw e;
      }
    }
  }

  /** The lower triangle of TᵀT, weighted. */
  private NativeMatrix gram() {
    NativeMatrix gram = new NativeMatrix(t.n(), t.n());
    try {
      if (t.tall() && metric instanceof Metric.Dense) {
        addWhole(gram);
      } else {
        forBlocks(
            (first, count, memory) -> gram.addGram(memory.pointer(), t.byRows(), count), true);
      }
      if (!t.tall() && !(metric instanceof Metric.Identity)) {
        // Sᵀ·M·S = (Sᵀ·(Sᵀ·M)ᵀ)
        gram.mirror();
        root.weigh(gram);
        gram.transpose();
        root.weigh(gram);
      }
      return gram;
    } catch (Throwable e) {
      gram.close();
      throw e;
    }
  }

  /** Covariances mix all rows of A, so there are no blocks. */
  private void addWhole(NativeMatrix gram) {
    try (NativeMatrix b = new NativeMatrix(t.m(), t.n())) {
      for (int i = 0; i < t.m(); i += t.blockRows()) {
        int count = Math.min(t.blockRows(), t.m() - i);
        t.read(i, count, block);
        for (int row = 0; row < count; row++) {
          for (int j = 0; j < t.n(); j++) {
            b.set(i + row, j, block[t.byRows() ? row * t.n() + j : j * count + row] / scale);
          }
        }
      }
      root.weigh(b);
      gram.addGram(b.pointer(), true, t.m());
    }
  }

  private void multiply(NativeMatrix factor, NativeMatrix big) {
    forBlocks(
        (first, count, memory) -> {
          if (t.tall()) {
            big.rowsBecome(first, memory.pointer(), t.byRows(), count, factor);
          } else {
            big.columnsBecome(first, memory.pointer(), t.byRows(), count, factor);
          }
        },
        false);
  }

  private interface BlockUse {
    void accept(int first, int count, NativeDoubles memory);
  }

  private void forBlocks(BlockUse use, boolean weighted) {
    try (NativeDoubles memory = new NativeDoubles(block.length)) {
      for (int first = 0; first < t.m(); first += t.blockRows()) {
        int count = Math.min(t.blockRows(), t.m() - first);
        t.read(first, count, block);
        for (int i = 0; i < count * t.n(); i++) {
          block[i] /= scale;
        }
        if (weighted && t.tall() && metric instanceof Metric.Diagonal diagonal) {
          weigh(diagonal, first, count);
        }
        memory.write(0, block, count * t.n());
        use.accept(first, count, memory);
      }
    }
  }

  private void weigh(Metric.Diagonal diagonal, int first, int count) {
    for (int row = 0; row < count; row++) {
      double weight = diagonal.root(first + row);
      for (int j = 0; j < t.n(); j++) {
        block[t.byRows() ? row * t.n() + j : j * count + row] *= weight;
      }
    }
  }
}
