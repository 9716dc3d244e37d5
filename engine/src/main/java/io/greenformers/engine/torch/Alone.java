package io.greenformers.engine.torch;

import org.bytedeco.pytorch.Tensor;

/** A process without others: what it has is what all have. */
record Alone() implements Peers {
  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void sum(Tensor tensor) {}

  @Override
  public double sum(double value) {
    return value;
  }

  @Override
  public void broadcast(Tensor tensor) {}

  @Override
  public void close() {}
}
