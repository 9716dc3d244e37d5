package io.greenformers.core.rewrite;

/** How {@link StoragePass} stores weights. */
public enum StorageMode {
  /**
   * fp16 with a {@code Cast} to fp32 before use: half the bytes. Runtimes fold the cast when they
   * load the model, so latency and memory stay those of fp32; values are rounded to 11 bits.
   */
  FP16,

  /**
   * int8 and a scale per channel, with {@code Cast} and {@code Mul} before use: a quarter of the
   * bytes. Folded like {@link #FP16}; rows of tables are expanded after they are gathered. An
   * element errs by at most half a step: 1/254 of the largest magnitude of its channel.
   */
  INT8,

  /**
   * As {@link #INT8}, and linears multiply in integers: their inputs are quantized while the model
   * runs, per tensor ({@code DynamicQuantizeLinear}, {@code MatMulInteger}; opset 11). Fast on
   * processors with 8-bit dot products; the error depends on the inputs' outliers, so measure it.
   */
  INT8_DYNAMIC
}
