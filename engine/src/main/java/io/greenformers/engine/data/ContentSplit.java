package io.greenformers.engine.data;

/**
 * Divides examples in two by what they say: so the parts never share one, however often it is in
 * the file, and stay what they are when rows are added or moved.
 *
 * @param share of the examples in the first part, from 0 to 1
 */
record ContentSplit(double share) {
  private static final int UNIT_BITS = 53;

  /**
   * Whether an example is in the first part.
   *
   * @param hash of what it says, see {@link ExampleSource#hash}
   */
  boolean isFirst(long hash) {
    return (hash >>> (Long.SIZE - UNIT_BITS)) * 0x1p-53 < share;
  }
}
