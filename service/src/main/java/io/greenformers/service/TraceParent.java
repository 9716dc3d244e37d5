package io.greenformers.service;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a trace goes on, as the header {@code traceparent} of W3C's Trace Context says it. Its
 * companions, {@code tracestate} and {@code baggage}, hold words of callers, and are left out.
 */
public final class TraceParent {
  /** The name of the header. */
  public static final String HEADER = "traceparent";

  private TraceParent() {}

  /**
   * What is to be the parent of a span.
   *
   * @param value of the header
   * @return nothing, so that a new trace begins, where there is none or it is not valid
   */
  public static Context of(Optional<String> value) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), value.orElse(""), new OfHeader());
  }

  /** The span that this thread works in; empty where nothing is traced. */
  public static Optional<String> current() {
    SpanContext span = Span.current().getSpanContext();
    return span.isValid()
        ? Optional.of(
            "00-%s-%s-%s"
                .formatted(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asHex()))
        : Optional.empty();
  }

  private static final class OfHeader implements TextMapGetter<String> {
    @Override
    public Iterable<String> keys(String value) {
      return List.of(HEADER);
    }

    @Override
    public @Nullable String get(@Nullable String value, String key) {
      return key.equals(HEADER) ? value : null;
    }
  }
}
