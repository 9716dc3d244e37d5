package io.greenformers.service.limit;

import io.greenformers.service.ServiceException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Something would take more than its share. */
public final class LimitException extends ServiceException {
  private static final Duration UNTIL_SOME_END = Duration.ofSeconds(10);

  /** Which limit it is. */
  public enum Fault {
    REQUESTS,
    COMPRESSIONS,
    STORED_BYTES,
    BODY,
    SLOW
  }

  private final Fault fault;
  private final transient Optional<Duration> retryAfter;

  private LimitException(
      Fault fault,
      String code,
      String message,
      Map<String, Object> fields,
      Optional<Duration> retryAfter) {
    super(code, message, fields);
    this.fault = fault;
    this.retryAfter = retryAfter;
  }

  static LimitException requests(int aMinute, Duration retryAfter) {
    return new LimitException(
        Fault.REQUESTS,
        "too-many-requests",
        "expected at most %d requests a minute; send this one again after Retry-After seconds"
            .formatted(aMinute),
        Map.of("limit", aMinute),
        Optional.of(retryAfter));
  }

  static LimitException compressions(int atOnce) {
    return new LimitException(
        Fault.COMPRESSIONS,
        "too-many-compressions",
        "expected at most %d compressions queued or running at once; wait for one to end, or cancel one"
            .formatted(atOnce),
        Map.of("limit", atOnce),
        Optional.of(UNTIL_SOME_END));
  }

  static LimitException storedBytes(long limit, long needed) {
    return new LimitException(
        Fault.STORED_BYTES,
        "tenant-storage-full",
        "expected at most %d bytes of models, datasets, uploads and artifacts, found %d with what comes now; "
                .formatted(limit, needed)
            + "ask the operator for a higher greenformers.limits.tenant.stored",
        Map.of("limit", limit, "needed", needed),
        Optional.empty());
  }

  static LimitException body(long most) {
    return new LimitException(
        Fault.BODY,
        "payload-too-large",
        "expected a document of at most %d bytes, found more".formatted(most),
        Map.of("limit", most),
        Optional.empty());
  }

  static LimitException slow() {
    return new LimitException(
        Fault.SLOW,
        "upload-too-slow",
        "expected at least 1 KB a second; send it again over a faster connection",
        Map.of(),
        Optional.empty());
  }

  /** Which limit it is. */
  public Fault fault() {
    return fault;
  }

  /** After which time it may go better. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
