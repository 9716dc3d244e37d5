package io.greenformers.client;

/**
 * A file that a compression produced.
 *
 * @param name for example {@code model.onnx} or {@code report.json}
 * @param sha256 of its bytes, lower-case hex
 * @param href its path in the service
 */
public record Artifact(String name, long bytes, String sha256, String href) {
  /**
   * Checks what a service said.
   *
   * @throws IllegalArgumentException if the digest is none, or there are less than no bytes
   */
  public Artifact {
    if (bytes < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "artifact %s: expected its bytes and SHA-256, found %d and '%s'"
              .formatted(name, bytes, sha256));
    }
  }
}
