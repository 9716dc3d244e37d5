package io.greenformers.service.access;

import io.greenformers.service.ServiceException;

/** A caller is not let in, or asks for what they may not do. */
public final class AccessException extends ServiceException {
  /** What kind of trouble it is. */
  public enum Fault {
    /** Nobody valid sent the request; all reasons look the same. */
    NOT_LOGGED_IN,
    FORBIDDEN,
    /** The request came through another name or page than those of this service. */
    FOREIGN_PAGE,
    KEY_INVALID,
    KEY_NOT_FOUND
  }

  private final Fault fault;

  private AccessException(Fault fault, String code, String message) {
    super(code, message);
    this.fault = fault;
  }

  static AccessException notLoggedIn() {
    return new AccessException(
        Fault.NOT_LOGGED_IN,
        "not-logged-in",
        "expected a valid API key or token as 'Authorization: Bearer …', found none; "
            + "an operator makes one with 'greenformers keys create'");
  }

  static AccessException forbidden() {
    return new AccessException(
        Fault.FORBIDDEN,
        "scope-missing",
        "expected a key or token with a scope that allows this: read to see, write to change, "
            + "admin to operate the service");
  }

  static AccessException foreignPage() {
    return new AccessException(
        Fault.FOREIGN_PAGE,
        "foreign-page",
        "without login, expected a request to a loopback name that no foreign web page made");
  }

  static AccessException foreignForm() {
    return new AccessException(
        Fault.FOREIGN_PAGE,
        "foreign-page",
        "expected a request of one of this service's own pages, as the browser says it in "
            + "Sec-Fetch-Site or Origin");
  }

  static AccessException keyInvalid(String message) {
    return new AccessException(Fault.KEY_INVALID, "key-request-invalid", message);
  }

  static AccessException keyNotFound() {
    return new AccessException(
        Fault.KEY_NOT_FOUND, "key-not-found", "expected the id of a key, found none with this one");
  }

  /** What kind of trouble it is. */
  public Fault fault() {
    return fault;
  }
}
