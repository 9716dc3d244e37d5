package io.greenformers.service.artifact;

import io.greenformers.service.ServiceException;

/** An upload cannot be accepted. */
public final class UploadException extends ServiceException {
  /** What is wrong with it. */
  public enum Fault {
    EMPTY("upload-empty"),
    BROKEN_OFF("upload-broken-off"),
    DIGEST_INVALID("digest-invalid"),
    DIGEST_MISMATCH("digest-mismatch"),
    NAME_INVALID("file-name-invalid"),
    FILES_INVALID("files-invalid"),
    TOO_LARGE("payload-too-large"),
    DISK_FULL("disk-full");

    private final String code;

    Fault(String code) {
      this.code = code;
    }
  }

  private final Fault fault;

  /** Says what is wrong and what to do. */
  public UploadException(Fault fault, String message) {
    super(fault.code, message);
    this.fault = fault;
  }

  /** What is wrong. */
  public Fault fault() {
    return fault;
  }
}
