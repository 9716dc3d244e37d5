package io.greenformers.service.operation;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Objects;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * What is ours of traces, where they are sent; {@link TracingParts} says what is Spring Boot's.
 * They wait in a bounded queue, and are lost where the collector does not take them.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(Traces.AreOn.class)
class Traces {

  @Bean
  static OtlpTracingConnectionDetails collector(TraceSettings settings) {
    String endpoint = Objects.requireNonNull(settings.endpoint()).toString();
    return transport -> endpoint;
  }

  @Bean
  static Sampler sampler(TraceSettings settings) {
    return Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampling()));
  }

  @Bean
  static RequestSpans requestSpans(Tracer tracer) {
    return new RequestSpans(tracer);
  }

  static final class AreOn implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return TraceSettings.areOn(context.getEnvironment());
    }
  }
}
