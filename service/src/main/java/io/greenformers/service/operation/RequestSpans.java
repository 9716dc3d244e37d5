package io.greenformers.service.operation;

import io.greenformers.service.TraceParent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * A span for each request, which goes on in the caller's trace. It is told the route and the
 * status: not the path, which has ids and names of files in it, nor anything else that callers
 * write. Whoever watches over the service is not traced.
 */
final class RequestSpans implements ObservationHandler<ServerRequestObservationContext> {
  private static final String WATCHING = "/actuator";
  private static final int FIRST_ERROR = 500;

  /** A method may be any word. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final Tracer tracer;

  RequestSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof ServerRequestObservationContext request
        && request.getCarrier() != null
        && !request.getCarrier().getRequestURI().startsWith(WATCHING);
  }

  @Override
  public void onStart(ServerRequestObservationContext context) {
    HttpServletRequest request = Objects.requireNonNull(context.getCarrier());
    String method = method(request);
    context.put(
        Span.class,
        tracer
            .spanBuilder(method)
            .setParent(TraceParent.of(Optional.ofNullable(request.getHeader(TraceParent.HEADER))))
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("http.request.method", method)
            .startSpan());
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // when that of the observation is
  public void onScopeOpened(ServerRequestObservationContext context) {
    context.put(Scope.class, context.<Span>getRequired(Span.class).makeCurrent());
  }

  @Override
  public void onScopeClosed(ServerRequestObservationContext context) {
    context.<Scope>getRequired(Scope.class).close();
  }

  @Override
  public void onStop(ServerRequestObservationContext context) {
    Span span = context.getRequired(Span.class);
    String route = context.getPathPattern();
    if (route != null) {
      span.updateName(method(Objects.requireNonNull(context.getCarrier())) + " " + route)
          .setAttribute("http.route", route);
    }
    HttpServletResponse response = context.getResponse();
    if (response != null) {
      span.setAttribute("http.response.status_code", response.getStatus());
    }
    if (context.getError() != null || (response != null && response.getStatus() >= FIRST_ERROR)) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private static String method(HttpServletRequest request) {
    return METHODS.contains(request.getMethod()) ? request.getMethod() : "_OTHER";
  }
}
