package io.greenformers.client;

import java.util.Map;

/** The service answered with a problem (RFC 9457). */
public final class ServiceException extends GreenformersException {
  private final int status;
  private final String code;
  private final transient Map<String, Object> fields;

  ServiceException(int status, String code, String detail, Map<String, Object> fields) {
    super("%s (%d): %s".formatted(code, status, detail));
    this.status = status;
    this.code = code;
    this.fields = Map.copyOf(fields);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Stable and machine-readable, for example {@code model-not-found}. */
  public String code() {
    return code;
  }

  /** Further members of the problem, for example {@code field}. */
  public Map<String, Object> fields() {
    return fields;
  }

  /** Whether what was asked for is not there. */
  public boolean isNotFound() {
    return status == 404;
  }
}
