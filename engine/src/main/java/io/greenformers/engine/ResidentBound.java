package io.greenformers.engine;

import io.greenformers.engine.runtime.ProcessMemory;

/**
 * How large a model may be that is run as a whole while it is factorized. ONNX Runtime takes at
 * least the size of the weights, for each of two models.
 *
 * @param bytes of the model's files
 */
record ResidentBound(long bytes) {
  private static final long MOST = 2L << 30;

  /**
   * 2 GB, or half of the memory that the process may take where that is less; {@code
   * -Dgreenformers.engine.mostResidentMegabytes} sets another bound.
   */
  static ResidentBound configured() {
    long usual = Math.min(MOST, ProcessMemory.total() / 2);
    return new ResidentBound(
        Long.getLong("greenformers.engine.mostResidentMegabytes", usual >> 20) << 20);
  }

  boolean isExceededBy(long modelBytes) {
    return modelBytes > bytes;
  }
}
