package io.greenformers.engine.data;

/** The tokens of one text, or of one pair of texts. Immutable. */
final class Tokens {
  private final int[] ids;
  private final byte[] types;

  /** Copies what a tokenizer gave: ids of the vocabulary, and which segment each belongs to. */
  Tokens(long[] ids, long[] types) {
    this.ids = new int[ids.length];
    this.types = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      this.ids[i] = Math.toIntExact(ids[i]);
      this.types[i] = (byte) types[i];
    }
  }

  int length() {
    return ids.length;
  }

  int id(int position) {
    return ids[position];
  }

  int type(int position) {
    return types[position];
  }
}
