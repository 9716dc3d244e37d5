package io.greenformers.service.compression;

import io.greenformers.service.TraceParent;
import io.greenformers.service.compression.Attempts.Attempt;
import io.greenformers.service.stage.StageOutcome;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Attempts at stages as spans of the trace that their compression was created in. What ended them
 * is told by its code, never by its message: that quotes models and datasets.
 */
@Component
class StageSpans {
  private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  private final Tracer tracer;

  StageSpans(@Nullable Tracer tracer) {
    this.tracer = tracer == null ? OpenTelemetry.noop().getTracer("") : tracer;
  }

  /** Begins the span of an attempt, in which this thread works until it is closed. */
  StageSpan begin(Attempt attempt) {
    String stage = attempt.stage().name().toLowerCase(Locale.ROOT);
    return new StageSpan(
        tracer
            .spanBuilder("stage " + stage)
            .setParent(TraceParent.of(attempt.origin().traceparent()))
            .setAttribute("compression", attempt.id())
            .setAttribute("tenant", attempt.origin().tenant().name())
            .setAttribute("stage", stage)
            .setAttribute("attempt", attempt.ofStage())
            .setAttribute("pool", StageQueue.pool(attempt.stage()).name().toLowerCase(Locale.ROOT))
            .startSpan());
  }

  /** The span of one attempt; of the thread that began it. */
  static final class StageSpan implements AutoCloseable {
    private final Span span;
    private final Scope scope;

    /** Until it is known better: nothing could be recorded. */
    private String code = "thrown";

    private boolean failed = true;

    @SuppressWarnings("MustBeClosedChecker") // with this
    private StageSpan(Span span) {
      this.span = span;
      this.scope = span.makeCurrent();
    }

    void ended(StageOutcome outcome) {
      switch (outcome) {
        case StageOutcome.Done done -> ended("done", false);
        case StageOutcome.Interrupted interrupted -> ended("interrupted", false);
        case StageOutcome.Refused refused -> ended(word(refused.code()), true);
        case StageOutcome.Failed failure -> ended(failure.fault().code(), true);
      }
    }

    private void ended(String as, boolean badly) {
      code = as;
      failed = badly;
    }

    /** A child that a model has taken over may say anything. */
    private static String word(String code) {
      return CODE.matcher(code).matches() ? code : "other";
    }

    @Override
    public void close() {
      scope.close();
      span.setAttribute("outcome", code);
      if (failed) {
        span.setStatus(StatusCode.ERROR, code);
      }
      span.end();
    }
  }
}
