package io.greenformers.service.operation;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves Spring Boot's parts for traces out where none are sent: they would make spans for nobody.
 * Where some are, leaves out what makes a span of every observation, with its exceptions and URLs:
 * {@link RequestSpans} says what is told of a request.
 */
final class TracingParts implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String OPEN_TELEMETRY = "org.springframework.boot.opentelemetry.";
  private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
  private static final String EVERY_OBSERVATION = ".MicrometerTracingAutoConfiguration";

  private boolean areOn;

  @Override
  public void setEnvironment(Environment environment) {
    areOn = TraceSettings.areOn(environment);
  }

  @Override
  public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      matches[i] = candidates[i] == null || isWanted(candidates[i]);
    }
    return matches;
  }

  private boolean isWanted(String part) {
    boolean isOfTraces = part.startsWith(OPEN_TELEMETRY) || part.startsWith(TRACING);
    return !isOfTraces || (areOn && !part.endsWith(EVERY_OBSERVATION));
  }
}
