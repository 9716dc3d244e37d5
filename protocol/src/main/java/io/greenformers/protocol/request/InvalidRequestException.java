package io.greenformers.protocol.request;

import io.greenformers.protocol.ProtocolException;

/** A field of a request document has a value that cannot be used. */
public final class InvalidRequestException extends ProtocolException {
  private final String field;

  /**
   * Says which field holds what instead of what.
   *
   * @param field the path of the field in the document, for example {@code ranks.ratio}
   * @param expected what the field accepts
   * @param found what it held
   */
  public InvalidRequestException(String field, String expected, Object found) {
    super("%s: expected %s, found %s".formatted(field, expected, found));
    this.field = field;
  }

  InvalidRequestException(String field, String message, Throwable cause) {
    super(message, cause);
    this.field = field;
  }

  /** The path of the field in the document; empty when the document as a whole is malformed. */
  public String field() {
    return field;
  }
}
