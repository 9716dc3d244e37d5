package io.greenformers.client;

/** How the weights that stay dense are stored, and the factors with them. */
public enum DenseStorage {
  /** As they were. */
  KEEP,
  /** Half precision. */
  FP16,
  /** Eight bits with a scale. */
  INT8,
  /** The same, and linears multiply in integers: fastest; the inputs are quantized too. */
  INT8_DYNAMIC
}
