package io.greenformers.client;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The service answered with a problem (RFC 9457). */
public final class ServiceException extends GreenformersException {
  /** Too slow, too many, and what an unwell service or a gateway before it says. */
  private static final Set<Integer> MAY_PASS = Set.of(408, 429, 500, 502, 503, 504);

  private final transient Problem problem;

  ServiceException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /**
   * What was answered.
   *
   * @param requestId how the service's log names the request
   * @param retryAfter what {@code Retry-After} asks for
   * @param tries how often it was sent until then
   */
  record Problem(
      int status,
      String code,
      String detail,
      Map<String, Object> fields,
      Optional<String> requestId,
      Optional<Duration> retryAfter,
      int tries) {
    Problem {
      fields = Map.copyOf(fields);
    }

    @Override
    public String toString() {
      return "%s (%d): %s%s"
          .formatted(code, status, detail, requestId.map(id -> " [request " + id + "]").orElse(""));
    }
  }

  /** The HTTP status. */
  public int status() {
    return problem.status();
  }

  /** Stable and machine-readable, for example {@code model-not-found}. */
  public String code() {
    return problem.code();
  }

  /** Further members of the problem, for example {@code field}. */
  public Map<String, Object> fields() {
    return problem.fields();
  }

  /** How the service names the request; to be told to those who operate it. */
  public Optional<String> requestId() {
    return problem.requestId();
  }

  /** After which time the service wants to be asked again. */
  public Optional<Duration> retryAfter() {
    return problem.retryAfter();
  }

  /**
   * Whether the same request may succeed later: it was retried as often as the {@link RetryPolicy}
   * allows, and the cause may pass.
   */
  public boolean isRetryable() {
    return MAY_PASS.contains(status());
  }

  /** Whether what was asked for is not there. */
  public boolean isNotFound() {
    return status() == 404;
  }

  /** Whether the problem came of a request that had been sent before. */
  boolean isOfRetry() {
    return problem.tries() > 1;
  }
}
