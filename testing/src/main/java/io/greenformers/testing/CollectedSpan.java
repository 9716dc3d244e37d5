package io.greenformers.testing;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A span as a collector was sent it.
 *
 * @param trace 32 hexadecimal digits
 * @param id 16 hexadecimal digits
 * @param parent as an id; empty where it is the first of its trace
 * @param attributes by name; numbers as text
 * @param failed whether its status is an error
 * @param status what its status says beside that
 * @param started when it started, in nanoseconds since 1970
 * @param nanos how long it took
 */
public record CollectedSpan(
    String trace,
    String id,
    String parent,
    String name,
    Map<String, String> attributes,
    boolean failed,
    String status,
    long started,
    long nanos) {

  static CollectedSpan of(Span span) {
    Map<String, String> attributes = new TreeMap<>();
    for (KeyValue attribute : span.getAttributesList()) {
      attributes.put(attribute.getKey(), text(attribute.getValue()));
    }
    return new CollectedSpan(
        HexFormat.of().formatHex(span.getTraceId().toByteArray()),
        HexFormat.of().formatHex(span.getSpanId().toByteArray()),
        HexFormat.of().formatHex(span.getParentSpanId().toByteArray()),
        span.getName(),
        attributes,
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        span.getStatus().getMessage(),
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
  }

  private static String text(AnyValue value) {
    return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
  }
}
