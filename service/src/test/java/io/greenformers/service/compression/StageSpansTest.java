package io.greenformers.service.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import io.greenformers.service.compression.Attempts.Attempt;
import io.greenformers.service.compression.Attempts.Origin;
import io.greenformers.service.compression.StageSpans.StageSpan;
import io.greenformers.service.stage.StageOutcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StageSpansTest {
  private static final Attempt ATTEMPT =
      new Attempt(
          "11111111-2222-3333-4444-555555555555",
          new Origin(
              new Tenant("search"),
              Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
          Stage.RECOVER,
          5,
          2,
          1);

  private final List<SpanData> ended = new ArrayList<>();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(new Kept())).build();
  private final Tracer tracer = provider.get("test");

  @AfterEach
  void close() {
    provider.close();
  }

  private SpanData traced(StageOutcome outcome) {
    try (StageSpan span = new StageSpans(tracer).begin(ATTEMPT)) {
      span.ended(outcome);
    }
    return ended.getLast();
  }

  private static @Nullable String outcome(SpanData span) {
    return span.getAttributes().get(AttributeKey.stringKey("outcome"));
  }

  @Test
  void goesOnInTheTraceOfItsCompressionAndSaysWhoseAttemptItWas() {
    SpanData span = traced(new StageOutcome.Done(true, "", Map.of()));
    assertThat(span.getName()).isEqualTo("stage recover");
    assertThat(span.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(span.getAttributes().asMap())
        .containsOnly(
            Map.entry(AttributeKey.stringKey("compression"), ATTEMPT.id()),
            Map.entry(AttributeKey.stringKey("tenant"), "search"),
            Map.entry(AttributeKey.stringKey("stage"), "recover"),
            Map.entry(AttributeKey.longKey("attempt"), 2L),
            Map.entry(AttributeKey.stringKey("pool"), "gpu"),
            Map.entry(AttributeKey.stringKey("outcome"), "done"));
    assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
  }

  @Test
  void whatFailedIsToldByItsCodeOnly() {
    SpanData refused = traced(new StageOutcome.Refused("model-cycle", "canary goes in circles"));
    SpanData failed = traced(new StageOutcome.Failed(Fault.CRASHED, "canary crashed"));
    SpanData foreign = traced(new StageOutcome.Refused("Canary, a code?", "canary"));
    assertThat(List.of(outcome(refused), outcome(failed), outcome(foreign)))
        .containsExactly("model-cycle", "crashed", "other");
    for (SpanData span : ended) {
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(span.getStatus().getDescription()).isEqualTo(outcome(span));
      assertThat(span.getEvents()).isEmpty();
      assertThat(span.toString()).doesNotContainIgnoringCase("canary");
    }
  }

  @Test
  void whatIsGivenBackHasNotFailed() {
    SpanData span = traced(new StageOutcome.Interrupted());
    assertThat(outcome(span)).isEqualTo("interrupted");
    assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
  }

  @Test
  void whatCouldNotBeRecordedHasFailed() {
    new StageSpans(tracer).begin(ATTEMPT).close();
    assertThat(outcome(ended.getLast())).isEqualTo("thrown");
    assertThat(ended.getLast().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void withoutATracerNothingHappens() {
    try (StageSpan span = new StageSpans(null).begin(ATTEMPT)) {
      span.ended(new StageOutcome.Interrupted());
    }
    assertThat(ended).isEmpty();
  }

  private final class Kept implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      ended.addAll(spans);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
