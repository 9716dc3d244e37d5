package io.greenformers.service.artifact;

/**
 * What is in the store.
 *
 * @param sha256 of the bytes, lower-case hex
 * @param bytes how many there are
 */
public record StoredArtifact(String sha256, long bytes) {
  public StoredArtifact {
    if (!sha256.matches("[0-9a-f]{64}") || bytes < 0) {
      throw new IllegalArgumentException(
          "an artifact: expected 64 hex digits and a size, found %s and %d"
              .formatted(sha256, bytes));
    }
  }

  /** The name that users see: {@code sha256:…}. */
  public String id() {
    return "sha256:" + sha256;
  }
}
