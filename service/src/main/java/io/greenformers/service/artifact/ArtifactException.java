package io.greenformers.service.artifact;

import io.greenformers.service.ServiceException;

/** The store has lost an artifact or its bytes: the operator's problem, not the caller's. */
public final class ArtifactException extends ServiceException {
  private ArtifactException(String code, String message) {
    super(code, message);
  }

  static ArtifactException missing(String sha256) {
    return new ArtifactException(
        "artifact-missing", "artifact %s is not in the store; restore it".formatted(sha256));
  }

  static ArtifactException corrupt(String sha256, String found) {
    return new ArtifactException(
        "artifact-corrupt",
        "artifact %s: its bytes have SHA-256 %s; restore it from a backup"
            .formatted(sha256, found));
  }
}
