package io.greenformers.engine.data;

import java.util.Arrays;

/** The tokens of one text, or of one pair of texts. Immutable. */
final class Tokens {
  private static final int[] NONE = {};

  private final int[] ids;
  private final byte[] types;
  private final int[] targets;

  /** Copies what a tokenizer gave: ids of the vocabulary, and which segment each belongs to. */
  Tokens(long[] ids, long[] types) {
    this(Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(), bytes(types), NONE);
  }

  private Tokens(int[] ids, byte[] types, int[] targets) {
    this.ids = ids;
    this.types = types;
    this.targets = targets;
  }

  private static byte[] bytes(long[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** The same with a class for every token, or {@link Targets#IGNORED}; taken over, not copied. */
  Tokens withTargets(int[] classes) {
    return withTargets(ids, classes);
  }

  /** The same segments with other ids, and targets; both arrays are taken over. */
  Tokens withTargets(int[] otherIds, int[] classes) {
    if (otherIds.length != length() || classes.length != length()) {
      throw new IllegalArgumentException(
          "expected %d ids and targets, found %d and %d"
              .formatted(length(), otherIds.length, classes.length));
    }
    return new Tokens(otherIds, types, classes);
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

  /** Whether there is a class for every token. */
  boolean hasTargets() {
    return targets.length == ids.length && targets.length > 0;
  }

  int target(int position) {
    return targets[position];
  }

  /** The ids, in an array of the caller's. */
  int[] copyIds() {
    return ids.clone();
  }
}
