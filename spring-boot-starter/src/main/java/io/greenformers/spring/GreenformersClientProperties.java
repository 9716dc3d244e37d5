package io.greenformers.spring;

import io.greenformers.client.ClientBuilder;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code greenformers.client.*}. What is invalid keeps the application from
 * starting, and is named; the key never is.
 *
 * @param url where the service is
 * @param apiKey who is calling; nobody where the service has no login
 * @param timeout how long an answer may take to begin, and each further byte to come
 * @param connectTimeout how long a connection may take
 * @param transferTimeout how long an upload that is one request may take
 */
@ConfigurationProperties("greenformers.client")
public record GreenformersClientProperties(
    @DefaultValue("http://127.0.0.1:8080") String url,
    @Nullable String apiKey,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("6h") Duration transferTimeout,
    @DefaultValue Retries retries) {

  /**
   * Checks the values as the client does.
   *
   * @throws IllegalArgumentException if one of them is invalid
   */
  public GreenformersClientProperties {
    builder(url, apiKey, timeout, connectTimeout, transferTimeout, retries);
  }

  /**
   * When a request that may be sent twice without harm is sent again.
   *
   * @param most how many times at most, beyond the first; 0 for never
   * @param first the longest pause before the first retry; it doubles with each
   * @param longest the longest pause of all, whatever the service asks for
   */
  public record Retries(
      @DefaultValue("4") int most,
      @DefaultValue("250ms") Duration first,
      @DefaultValue("20s") Duration longest) {}

  /** A client as these properties describe it. */
  ClientBuilder builder() {
    return builder(url, apiKey, timeout, connectTimeout, transferTimeout, retries);
  }

  private static ClientBuilder builder(
      String url,
      @Nullable String apiKey,
      Duration timeout,
      Duration connectTimeout,
      Duration transferTimeout,
      Retries retries) {
    ClientBuilder builder =
        GreenformersClient.builder()
            .baseUrl(url)
            .timeout(timeout)
            .connectTimeout(connectTimeout)
            .transferTimeout(transferTimeout)
            .retries(new RetryPolicy(retries.most(), retries.first(), retries.longest()));
    return apiKey == null || apiKey.isBlank() ? builder : builder.apiKey(apiKey.strip());
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "greenformers.client[url=%s, timeout=%s, retries=%s]".formatted(url, timeout, retries);
  }
}
