package io.greenformers.engine.data;

/** A number of 64 bits for what a text says: the same on every machine and in every version. */
final class ContentHash {
  private ContentHash() {}

  /** Of both texts of an example; labels and places do not count. */
  static long of(TextExample example, long seed) {
    return add(add(mix(seed), example.text()), example.pair().orElse(""));
  }

  private static long add(long hash, String text) {
    long result = hash;
    for (int i = 0; i < text.length(); i++) {
      result = mix(result + text.charAt(i) + 1);
    }
    return mix(result);
  }

  /** Stafford's variant 13 of the finalizer of MurmurHash3. */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
