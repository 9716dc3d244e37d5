package io.greenformers.core.rewrite;

/** What happens to a tensor's storage, and why. */
public sealed interface StorageDecision {

  /**
   * It is stored smaller.
   *
   * @param bytes of what is stored now, scales included
   * @param integerProducts whether nodes multiply with the stored integers themselves
   */
  record Stored(long bytes, boolean integerProducts) implements StorageDecision {}

  /** It stays as it is. */
  record Left(String reason) implements StorageDecision {}
}
