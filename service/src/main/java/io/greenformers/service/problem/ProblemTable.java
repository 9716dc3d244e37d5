package io.greenformers.service.problem;

import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.service.ServiceException;
import io.greenformers.service.access.AccessException;
import io.greenformers.service.artifact.ArtifactException;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.compression.CompressionException;
import io.greenformers.service.dataset.DatasetException;
import io.greenformers.service.limit.LimitException;
import io.greenformers.service.model.ModelException;
import io.greenformers.service.role.RoleException;
import io.greenformers.service.upload.TusException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** The one place that says which error is which problem (RFC 9457). */
final class ProblemTable {
  private static final String TYPES = "https://greenformers.io/problems/";

  private ProblemTable() {}

  static ProblemDetail of(ServiceException e) {
    return problem(status(e), e.code(), message(e), e.fields());
  }

  static ProblemDetail of(InvalidRequestException e) {
    return problem(
        HttpStatus.BAD_REQUEST, "request-invalid", message(e), Map.of("field", e.field()));
  }

  /** For what Spring or the server refused: no page there, wrong method, wrong media type. */
  static ProblemDetail of(HttpStatusCode status, String detail) {
    HttpStatus known = HttpStatus.resolve(status.value());
    String code =
        known == null
            ? "http-" + status.value()
            : known.getReasonPhrase().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
    return problem(status, code, detail, Map.of());
  }

  private static HttpStatusCode status(ServiceException e) {
    return switch (e) {
      case UploadException u -> status(u.fault());
      case ModelException m -> status(m.fault());
      case CompressionException c -> status(c.fault());
      case DatasetException d -> HttpStatus.NOT_FOUND;
      case AccessException a -> status(a.fault());
      case LimitException l -> status(l.fault());
      case TusException t -> status(t.fault());
      case RoleException r -> HttpStatus.SERVICE_UNAVAILABLE;
      case ArtifactException a ->
          a.mayPass() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.INTERNAL_SERVER_ERROR;
      default -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  private static HttpStatus status(UploadException.Fault fault) {
    return switch (fault) {
      case EMPTY, BROKEN_OFF, DIGEST_INVALID, DIGEST_MISMATCH, NAME_INVALID, FILES_INVALID ->
          HttpStatus.BAD_REQUEST;
      case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case DISK_FULL -> HttpStatus.INSUFFICIENT_STORAGE;
    };
  }

  private static HttpStatusCode status(TusException.Fault fault) {
    return switch (fault) {
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case INCOMPLETE, WRONG_OFFSET -> HttpStatus.CONFLICT;
      case WRONG_VERSION -> HttpStatus.PRECONDITION_FAILED;
      case HEADER_INVALID -> HttpStatus.BAD_REQUEST;
      case BUSY -> HttpStatus.LOCKED;
      // tus's own: Checksum Mismatch
      case CHECKSUM_MISMATCH -> HttpStatusCode.valueOf(460);
    };
  }

  private static HttpStatus status(ModelException.Fault fault) {
    return switch (fault) {
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case REFUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
      case INSPECTION_FAILED -> HttpStatus.SERVICE_UNAVAILABLE;
    };
  }

  private static HttpStatus status(CompressionException.Fault fault) {
    return switch (fault) {
      case NOT_FOUND, ARTIFACT_NOT_FOUND -> HttpStatus.NOT_FOUND;
      case FINAL -> HttpStatus.CONFLICT;
      case KEY_INVALID -> HttpStatus.BAD_REQUEST;
      case KEY_REUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
      case REQUEST_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
    };
  }

  private static HttpStatus status(AccessException.Fault fault) {
    return switch (fault) {
      case NOT_LOGGED_IN -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN, FOREIGN_PAGE -> HttpStatus.FORBIDDEN;
      case KEY_INVALID -> HttpStatus.BAD_REQUEST;
      case KEY_NOT_FOUND -> HttpStatus.NOT_FOUND;
    };
  }

  private static HttpStatus status(LimitException.Fault fault) {
    return switch (fault) {
      case REQUESTS, COMPRESSIONS -> HttpStatus.TOO_MANY_REQUESTS;
      case STORED_BYTES, BODY -> HttpStatus.CONTENT_TOO_LARGE;
      case SLOW -> HttpStatus.REQUEST_TIMEOUT;
    };
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? "no more is known" : e.getMessage();
  }

  private static ProblemDetail problem(
      HttpStatusCode status, String code, String detail, Map<String, Object> fields) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create(TYPES + code));
    problem.setTitle(title(code));
    problem.setProperty("code", code);
    fields.forEach(problem::setProperty);
    return problem;
  }

  private static String title(String code) {
    String words = code.replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
