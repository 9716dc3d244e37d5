package io.greenformers.engine.data;

/**
 * Divides texts in two by what they say: so the parts never share a text, however often it is in
 * the file, and stay what they are when rows are added or moved.
 *
 * @param share of the texts in the first part, from 0 to 1
 */
record TextSplit(double share, long seed) {
  private static final int UNIT_BITS = 53;

  /** Whether a text is in the first part. */
  boolean isFirst(TextExample example) {
    return (ContentHash.of(example, seed) >>> (Long.SIZE - UNIT_BITS)) * 0x1p-53 < share;
  }
}
