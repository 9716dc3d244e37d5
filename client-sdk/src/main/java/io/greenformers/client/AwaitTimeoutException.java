package io.greenformers.client;

import java.time.Duration;

/** A compression took longer than its caller would wait; it goes on in the service. */
public final class AwaitTimeoutException extends GreenformersException {
  private final transient Compression compression;

  AwaitTimeoutException(Compression compression, Duration waited) {
    super(
        "compression %s was not done within %s; it is %s and goes on: wait for it again, or cancel it"
            .formatted(compression.id(), waited, compression.state()));
    this.compression = compression;
  }

  /** The compression as it was last seen. */
  public Compression compression() {
    return compression;
  }
}
