package io.greenformers.core.linalg;

import java.util.Optional;

/**
 * The plain SVD at a rank well below the full one, of fp32 elements, in fp32: by the leading
 * eigenvectors V of a Gram matrix of A's smaller side, found by {@link LeadingSubspace}; left =
 * A·V, right = Vᵀ, or both transposed.
 *
 * <p>Native memory at the peak: 4·(n² + np + mp) bytes, a few blocks of np, for the smaller side n
 * and the larger m.
 */
final class FastSvd implements AutoCloseable {
  /** Below this the exact way takes a few milliseconds. */
  private static final int LEAST_SIDE = 192;

  /** Beyond this share of the full rank, all eigenvectors cost no more than the iteration. */
  private static final double MOST_OF_FULL_RANK = 0.45;

  /** Of Σa²: sums of fp32 squares stay far from overflow and underflow. */
  private static final double LARGEST_ENERGY = 1e30;

  private final TallSide t;
  private final int rank;
  private final NativeFloats block;
  private int inBlock = -1;
  private double energy;

  private FastSvd(TallSide t, int rank) {
    this.t = t;
    this.rank = rank;
    this.block = NativeFloats.unset((long) t.blockRows() * t.n());
  }

  /** The decomposition; empty where only the exact way is safe, or is as fast. */
  static Optional<Svd> decompose(TallSide t, int rank) {
    boolean worth = t.isFloat() && t.n() >= LEAST_SIDE && rank <= MOST_OF_FULL_RANK * t.n();
    if (!worth) {
      return Optional.empty();
    }
    try (FastSvd svd = new FastSvd(t, rank)) {
      return svd.decompose();
    }
  }

  private Optional<Svd> decompose() {
    try (FloatMatrix gram = FloatMatrix.zeros(t.n(), t.n())) {
      forBlocks((first, count, memory) -> {
        energy += memory.energy(count * t.n());
        gram.addGram(memory.pointer(0), t.byRows(), count);
      });
      // NaN, too, is left to the exact way, which names the element
      return energy < LARGEST_ENERGY && energy > 1 / LARGEST_ENERGY
          ? new LeadingSubspace(gram, energy, rank).find().map(this::factors)
          : Optional.empty();
    }
  }

  /** Rows of Vᵀ times √σ, and A·V over √σ: balanced. */
  private Svd factors(LeadingSubspace.Found found) {
    FloatMatrix small = found.vectors();
    FloatMatrix big = t.tall() ? new FloatMatrix(t.m(), rank) : new FloatMatrix(rank, t.m());
    try (FloatMatrix factor = new FloatMatrix(rank, t.n())) {
      scale(found.spectrum(), small, factor);
      forBlocks((first, count, memory) -> {
        if (t.tall()) {
          big.rowsBecome(first, memory.pointer(0), t.byRows(), count, factor);
        } else {
          big.columnsBecome(first, memory.pointer(0), t.byRows(), count, factor);
        }
      });
      return t.tall()
          ? new NativeSvd(found.spectrum(), big, small)
          : new NativeSvd(found.spectrum(), small.transposed(), big);
    } catch (Throwable e) {
      big.close();
      small.close();
      throw e;
    }
  }

  private static void scale(Spectrum spectrum, FloatMatrix small, FloatMatrix factor) {
    float[] row = new float[small.columns()];
    for (int k = 0; k < small.rows(); k++) {
      double root = Math.sqrt(spectrum.value(k));
      small.copy(k, 0, row.length, row, 0);
      float[] divided = new float[row.length];
      for (int j = 0; j < row.length; j++) {
        divided[j] = (float) (row[j] / root);
        row[j] = (float) (row[j] * root);
      }
      factor.setRow(k, divided, 0);
      small.setRow(k, row, 0);
    }
  }

  private interface BlockUse {
    void accept(int first, int count, NativeFloats memory);
  }

  /** A matrix of one block is read once. */
  private void forBlocks(BlockUse use) {
    for (int first = 0; first < t.m(); first += t.blockRows()) {
      int count = Math.min(t.blockRows(), t.m() - first);
      if (inBlock != first) {
        t.read(first, count, block);
        inBlock = first;
      }
      use.accept(first, count, block);
    }
  }

  @Override
  public void close() {
    block.close();
  }
}
