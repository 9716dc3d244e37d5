package io.greenformers.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceParentTest {
  private static final String VALID = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void whatOneProcessWritesAnotherGoesOnWith() {
    try (Scope scope = TraceParent.of(Optional.of(VALID)).makeCurrent()) {
      assertThat(TraceParent.current()).contains(VALID);
    }
    assertThat(TraceParent.current()).isEmpty();
  }

  @Test
  void thatNobodyKeepsTheTraceIsPassedOnToo() {
    String notKept = VALID.replace("-01", "-00");
    try (Scope scope = TraceParent.of(Optional.of(notKept)).makeCurrent()) {
      assertThat(TraceParent.current()).contains(notKept);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "canary",
        "00-canary1916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-canary",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      })
  void whatIsNoneBeginsANewTrace(String value) {
    SpanContext parent = Span.fromContext(TraceParent.of(Optional.of(value))).getSpanContext();
    assertThat(parent.isValid()).isFalse();
  }

  @Test
  void withoutOneANewTraceBegins() {
    assertThat(Span.fromContext(TraceParent.of(Optional.empty())).getSpanContext().isValid())
        .isFalse();
  }
}
