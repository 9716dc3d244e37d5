package io.greenformers.service.operation;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Traces, as {@code greenformers.traces.*}.
 *
 * @param endpoint of the collector that they are sent to, as OTLP over HTTP; without one nothing is
 *     traced
 * @param sampling how many of the traces that begin here are kept, from 0 to 1; one that a caller
 *     has begun is kept where the caller keeps it
 */
@ConfigurationProperties("greenformers.traces")
record TraceSettings(@Nullable URI endpoint, @DefaultValue("1.0") double sampling) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  TraceSettings {
    if (endpoint != null && (endpoint.getHost() == null || !isWeb(endpoint.getScheme()))) {
      throw new IllegalArgumentException(
          "greenformers.traces.endpoint: expected a URL such as http://collector:4318/v1/traces, "
              + "found one without a host, or of another scheme");
    }
    if (!(sampling >= 0 && sampling <= 1)) {
      throw new IllegalArgumentException(
          "greenformers.traces.sampling: expected 0 to 1, found " + sampling);
    }
  }

  private static boolean isWeb(@Nullable String scheme) {
    return scheme != null && SCHEMES.contains(scheme);
  }

  /** Whether traces are to be sent anywhere, when no setting is bound yet. */
  static boolean areOn(Environment environment) {
    return StringUtils.hasText(environment.getProperty("greenformers.traces.endpoint"));
  }
}
