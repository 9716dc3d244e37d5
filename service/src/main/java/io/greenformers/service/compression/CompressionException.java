package io.greenformers.service.compression;

import io.greenformers.service.ServiceException;
import java.util.Map;

/** Something asked of compressions cannot be done. */
public final class CompressionException extends ServiceException {
  /** What kind of trouble it is. */
  public enum Fault {
    NOT_FOUND,
    ARTIFACT_NOT_FOUND,
    FINAL,
    KEY_INVALID,
    KEY_REUSED,
    REQUEST_TOO_LARGE
  }

  private final Fault fault;

  private CompressionException(
      Fault fault, String code, String message, Map<String, Object> fields) {
    super(code, message, fields);
    this.fault = fault;
  }

  static CompressionException notFound() {
    return new CompressionException(
        Fault.NOT_FOUND,
        "compression-not-found",
        "expected the id of a compression, found none with this one",
        Map.of());
  }

  static CompressionException artifactNotFound(Compression compression) {
    return new CompressionException(
        Fault.ARTIFACT_NOT_FOUND,
        "artifact-not-found",
        "expected one of the artifacts %s of this compression, which is %s"
            .formatted(compression.published().keySet(), compression.state()),
        Map.of("state", compression.state()));
  }

  static CompressionException isFinal(CompressionState state) {
    return new CompressionException(
        Fault.FINAL,
        "compression-final",
        "expected a compression that is queued or running, found one that is " + state,
        Map.of("state", state));
  }

  static CompressionException keyInvalid() {
    return new CompressionException(
        Fault.KEY_INVALID,
        "idempotency-key-invalid",
        "Idempotency-Key: expected 1 to 255 printable ASCII characters",
        Map.of());
  }

  static CompressionException keyReused(String id) {
    return new CompressionException(
        Fault.KEY_REUSED,
        "idempotency-key-reused",
        "Idempotency-Key: expected the request it was first used with, found another; use a new key",
        Map.of("compression", id));
  }

  static CompressionException requestTooLarge(int most) {
    return new CompressionException(
        Fault.REQUEST_TOO_LARGE,
        "payload-too-large",
        "expected a request document of at most %d bytes, found more".formatted(most),
        Map.of());
  }

  /** What kind of trouble it is. */
  public Fault fault() {
    return fault;
  }
}
