package io.greenformers.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a client was told.
 *
 * @param baseUrl where the service is, without a slash at its end
 * @param timeout how long an answer may take to begin, and its next byte to come
 * @param connectTimeout how long a connection may take
 * @param transferTimeout how long an upload in one request may take
 * @param transfers is told of bytes that were moved
 * @param requests is told of requests
 */
record ClientSettings(
    URI baseUrl,
    Optional<String> apiKey,
    Duration timeout,
    Duration connectTimeout,
    Duration transferTimeout,
    RetryPolicy retries,
    TransferListener transfers,
    RequestListener requests) {

  private static final String EXPECTED_URL =
      "the service's URL: expected http(s)://host[:port][/path] and nothing else";

  static final ClientSettings DEFAULT =
      new ClientSettings(
          URI.create("http://127.0.0.1:8080"),
          Optional.empty(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofHours(6),
          RetryPolicy.DEFAULT,
          transfer -> {},
          new RequestListener() {});

  ClientSettings {
    requirePlain(baseUrl);
    apiKey.ifPresent(ClientSettings::requireSendable);
    requirePositive("timeout", timeout);
    requirePositive("connectTimeout", connectTimeout);
    requirePositive("transferTimeout", transferTimeout);
  }

  static URI plain(String url) {
    try {
      return requirePlain(new URI(url));
    } catch (URISyntaxException e) {
      // not as the cause, which repeats the whole text
      throw new IllegalArgumentException(EXPECTED_URL);
    }
  }

  /** A URL is in every message: what is secret does not belong there. */
  private static URI requirePlain(URI url) {
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(EXPECTED_URL);
    }
    return url;
  }

  static String requireSendable(String apiKey) {
    if (!apiKey.matches("[A-Za-z0-9._~+/=-]+")) {
      throw new IllegalArgumentException(
          "an API key: expected letters, digits and '._~+/=-', found something else");
    }
    return apiKey;
  }

  static Duration requirePositive(String name, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(name + ": expected more than nothing, found " + time);
    }
    return time;
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "%s, %s, timeout=%s, connectTimeout=%s, transferTimeout=%s, %s"
        .formatted(
            baseUrl,
            apiKey.isPresent() ? "with an API key" : "without an API key",
            timeout,
            connectTimeout,
            transferTimeout,
            retries);
  }
}
