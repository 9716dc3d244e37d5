package io.greenformers.service;

import java.util.Map;

/**
 * Root of the errors of this module. Its message goes to the caller: no paths of this machine in
 * it.
 *
 * <p>Which HTTP status an error becomes is decided in one place, {@code
 * io.greenformers.service.problem}.
 */
public abstract class ServiceException extends RuntimeException {
  private final String code;
  private final transient Map<String, Object> fields;

  /**
   * Makes an error.
   *
   * @param code stable and machine-readable, for example {@code model-not-found}
   * @param message what, where, expected, found, and what to do
   * @param fields what a program may want to know beyond the code
   */
  protected ServiceException(String code, String message, Map<String, Object> fields) {
    super(message);
    this.code = code;
    this.fields = Map.copyOf(fields);
  }

  protected ServiceException(String code, String message) {
    this(code, message, Map.of());
  }

  /** Stable and machine-readable. */
  public String code() {
    return code;
  }

  /** Further members of the problem. */
  public Map<String, Object> fields() {
    return fields;
  }
}
