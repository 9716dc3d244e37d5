package io.greenformers.service.artifact;

import io.greenformers.service.ServiceException;

/** The store has lost an artifact or its bytes, or is away: the operator's problem. */
public final class ArtifactException extends ServiceException {
  private ArtifactException(String code, String message) {
    super(code, message);
  }

  /** Whether the same may go well later. */
  public boolean mayPass() {
    return code().equals("store-unreachable");
  }

  static ArtifactException missing(String sha256) {
    return new ArtifactException(
        "artifact-missing", "artifact %s is not in the store; restore it".formatted(sha256));
  }

  static ArtifactException unreachable(String sha256, Exception cause) {
    ArtifactException e =
        new ArtifactException(
            "store-unreachable",
            "artifact %s: the store does not answer; try again later".formatted(sha256));
    e.initCause(cause);
    return e;
  }

  static ArtifactException corrupt(String sha256, String found) {
    return new ArtifactException(
        "artifact-corrupt",
        "artifact %s: its bytes have SHA-256 %s; restore it from a backup"
            .formatted(sha256, found));
  }
}
