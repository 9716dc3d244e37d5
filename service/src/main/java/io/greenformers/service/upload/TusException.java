package io.greenformers.service.upload;

import io.greenformers.service.ServiceException;
import java.util.Map;

/** A request does not go by the tus protocol, or not with what is there. */
public final class TusException extends ServiceException {
  /** What is wrong with it. */
  public enum Fault {
    NOT_FOUND("upload-not-found"),
    INCOMPLETE("upload-incomplete"),
    WRONG_VERSION("tus-version-unknown"),
    HEADER_INVALID("tus-header-invalid"),
    WRONG_OFFSET("upload-offset-wrong"),
    BUSY("upload-busy"),
    CHECKSUM_MISMATCH("checksum-mismatch");

    private final String code;

    Fault(String code) {
      this.code = code;
    }
  }

  private final Fault fault;

  private TusException(Fault fault, String message, Map<String, Object> fields) {
    super(fault.code, message, fields);
    this.fault = fault;
  }

  static TusException notFound() {
    return new TusException(
        Fault.NOT_FOUND,
        "expected the id of an upload that has not expired, found none with this one; begin anew",
        Map.of());
  }

  static TusException incomplete(String id, long offset, long bytes) {
    return new TusException(
        Fault.INCOMPLETE,
        "upload %s: expected all %d bytes, found %d; send the rest first"
            .formatted(id, bytes, offset),
        Map.of("offset", offset));
  }

  static TusException wrongVersion() {
    return new TusException(
        Fault.WRONG_VERSION, "Tus-Resumable: expected 1.0.0, found none or another", Map.of());
  }

  static TusException invalid(String header, String expected) {
    return new TusException(
        Fault.HEADER_INVALID, "%s: expected %s".formatted(header, expected), Map.of());
  }

  static TusException wrongOffset(long expected, long found) {
    return new TusException(
        Fault.WRONG_OFFSET,
        "Upload-Offset: expected %d, found %d; ask for it with HEAD".formatted(expected, found),
        Map.of("offset", expected));
  }

  static TusException busy() {
    return new TusException(
        Fault.BUSY, "another request is sending to this upload; ask again", Map.of());
  }

  static TusException checksumMismatch(long offset) {
    return new TusException(
        Fault.CHECKSUM_MISMATCH,
        "Upload-Checksum: the bytes have another SHA-256 and were dropped; send them again",
        Map.of("offset", offset));
  }

  /** What is wrong. */
  public Fault fault() {
    return fault;
  }
}
