package io.greenformers.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * The processes that compute together. All of them call the same methods in the same order, with
 * tensors of the same shapes and types; each call returns when all have made it. What it gives is
 * the same in all of them, to the bit, and in every run with as many.
 *
 * <p>Not thread-safe.
 */
public sealed interface Peers extends AutoCloseable permits Alone, ConnectedPeers {
  /** This process's number, from 0. */
  int rank();

  /** How many there are. */
  int size();

  /**
   * Makes a tensor the sum of those of all processes.
   *
   * @param tensor dense, of floating type; changed
   * @throws LostPeerException if another process is gone
   */
  void sum(Tensor tensor);

  /**
   * The sum of a number over all processes.
   *
   * @throws LostPeerException if another process is gone
   */
  double sum(double value);

  /**
   * Makes a tensor that of the first process.
   *
   * @param tensor dense; changed
   * @throws LostPeerException if another process is gone
   */
  void broadcast(Tensor tensor);

  /** Whether this is the process that judges, decides and writes. */
  default boolean isFirst() {
    return rank() == 0;
  }

  /** Leaves, without a word to the others. */
  @Override
  void close();

  /** A process without others. */
  static Peers alone() {
    return new Alone();
  }
}
