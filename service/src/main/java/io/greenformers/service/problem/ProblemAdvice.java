package io.greenformers.service.problem;

import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.service.ServiceException;
import io.greenformers.service.access.AccessException;
import io.greenformers.service.artifact.DiskFull;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.limit.LimitException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Answers every error of a controller with a problem. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  /** What is known to happen, and needs no trace of the stack. */
  private static final Set<Integer> MAY_PASS =
      Set.of(HttpStatus.SERVICE_UNAVAILABLE.value(), HttpStatus.INSUFFICIENT_STORAGE.value());

  @ExceptionHandler
  ResponseEntity<Object> service(ServiceException e) {
    ProblemDetail problem = ProblemTable.of(e);
    if (MAY_PASS.contains(problem.getStatus())) {
      LOG.warn("a request came in vain: {}", e.code());
    } else if (problem.getStatus() >= 500) {
      LOG.error("a request failed: {}", e.code(), e);
    }
    return answer(problem);
  }

  @ExceptionHandler
  ResponseEntity<Object> limit(LimitException e) {
    ResponseEntity<Object> answer = answer(ProblemTable.of(e));
    return e.retryAfter()
        .map(time -> withHeader(answer, HttpHeaders.RETRY_AFTER, seconds(time)))
        .orElse(answer);
  }

  @ExceptionHandler
  ResponseEntity<Object> access(AccessException e) {
    ResponseEntity<Object> answer = answer(ProblemTable.of(e));
    return e.fault() == AccessException.Fault.NOT_LOGGED_IN
        ? withHeader(answer, HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        : answer;
  }

  @ExceptionHandler
  ResponseEntity<Object> request(InvalidRequestException e) {
    return answer(ProblemTable.of(e));
  }

  @ExceptionHandler
  ResponseEntity<Object> multipart(MultipartException e) {
    if (DiskFull.isCauseOf(e)) {
      return answer(ProblemTable.of(DiskFull.refusal()));
    }
    return answer(
        ProblemTable.of(
            HttpStatus.BAD_REQUEST, "the multipart body could not be read; send it again"));
  }

  /** Restarted, cut off, or too busy for another connection. */
  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    CannotCreateTransactionException.class,
    TransactionSystemException.class
  })
  ResponseEntity<Object> database(RuntimeException e) {
    if (DiskFull.isCauseOf(e)) {
      return unexpected(e);
    }
    // by its class: a database quotes what it was asked
    LOG.warn("the database does not answer: {}", e.getClass().getSimpleName());
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "1")
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(
            ProblemTable.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "the service's database does not answer; try again in a moment"));
  }

  @ExceptionHandler
  ResponseEntity<Object> unexpected(Exception e) {
    if (DiskFull.isCauseOf(e)) {
      LOG.error("the disk is full: {}", e.getClass().getSimpleName());
      return answer(ProblemTable.of(DiskFull.refusal()));
    }
    LOG.error("a request failed", e);
    return answer(ProblemTable.of(HttpStatus.INTERNAL_SERVER_ERROR, "the service's log says why"));
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMaxUploadSizeExceededException(
      MaxUploadSizeExceededException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(
        ProblemTable.of(
            new UploadException(
                UploadException.Fault.TOO_LARGE,
                "expected files within greenformers.limits.upload, found more")));
  }

  /** A limit that was met while a body was parsed comes wrapped by the parser. */
  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof LimitException limit) {
        return limit(limit);
      }
    }
    return super.handleHttpMessageNotReadable(e, headers, status, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String detail =
        body instanceof ProblemDetail found && found.getDetail() != null
            ? found.getDetail()
            : "no more is known";
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(ProblemTable.of(status, detail));
  }

  private static ResponseEntity<Object> withHeader(
      ResponseEntity<Object> answer, String name, String value) {
    return ResponseEntity.status(answer.getStatusCode())
        .headers(answer.getHeaders())
        .header(name, value)
        .body(answer.getBody());
  }

  /** Rounded up: whoever waits so long is not too early. */
  private static String seconds(Duration time) {
    return String.valueOf(Math.max(1, time.plusMillis(999).toSeconds()));
  }

  private static ResponseEntity<Object> answer(ProblemDetail problem) {
    return ResponseEntity.status(problem.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
