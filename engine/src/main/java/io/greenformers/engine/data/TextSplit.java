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
    long hash = mix(seed);
    hash = hash(hash, example.text());
    hash = hash(hash, example.pair().orElse(""));
    return (hash >>> (Long.SIZE - UNIT_BITS)) * 0x1p-53 < share;
  }

  private static long hash(long hash, String text) {
    for (int i = 0; i < text.length(); i++) {
      hash = mix(hash + text.charAt(i) + 1);
    }
    return mix(hash);
  }

  /** Stafford's variant 13 of the finalizer of MurmurHash3. */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
