package io.greenformers.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Describes a client; made by {@link GreenformersClient#builder}. A value that cannot be is an
 * {@link IllegalArgumentException} where it is given, which repeats neither a key nor a URL. Not
 * thread-safe.
 */
public final class ClientBuilder {
  private URI baseUrl;
  private Optional<String> apiKey;
  private Duration timeout;
  private Duration connectTimeout;
  private Duration transferTimeout;
  private RetryPolicy retries;
  private TransferListener transfers;
  private RequestListener requests;

  ClientBuilder(ClientSettings settings) {
    this.baseUrl = settings.baseUrl();
    this.apiKey = settings.apiKey();
    this.timeout = settings.timeout();
    this.connectTimeout = settings.connectTimeout();
    this.transferTimeout = settings.transferTimeout();
    this.retries = settings.retries();
    this.transfers = settings.transfers();
    this.requests = settings.requests();
  }

  /**
   * Where the service is; by default {@code http://127.0.0.1:8080}.
   *
   * @throws IllegalArgumentException if it is more than a host, a port and a path
   */
  public ClientBuilder baseUrl(String url) {
    this.baseUrl = ClientSettings.plain(url.replaceAll("/+$", ""));
    return this;
  }

  /**
   * Who is calling: an API key, or a token of the issuer that the service trusts; by default
   * nobody, for a service without login.
   *
   * @throws IllegalArgumentException if it cannot be sent
   */
  public ClientBuilder apiKey(String key) {
    this.apiKey = Optional.of(ClientSettings.requireSendable(key));
    return this;
  }

  /**
   * How long an answer may take to begin, and each further byte to come; by default 30 s. A chunk
   * of a resumable upload, 8 MiB, has 128 s on top, and an inspection, which the service may have
   * to make first, 10 min in all.
   */
  public ClientBuilder timeout(Duration most) {
    this.timeout = ClientSettings.requirePositive("timeout", most);
    return this;
  }

  /** How long a connection may take; by default 10 s. */
  public ClientBuilder connectTimeout(Duration most) {
    this.connectTimeout = ClientSettings.requirePositive("connectTimeout", most);
    return this;
  }

  /**
   * How long an upload that is one request may take (files below 16 MiB); by default 6 h. The
   * service gives up on slow ones itself.
   */
  public ClientBuilder transferTimeout(Duration most) {
    this.transferTimeout = ClientSettings.requirePositive("transferTimeout", most);
    return this;
  }

  /** How often and when a request is sent again; by default {@link RetryPolicy#DEFAULT}. */
  public ClientBuilder retries(RetryPolicy policy) {
    this.retries = policy;
    return this;
  }

  /** Who is told how far uploads and downloads are; by default nobody. */
  public ClientBuilder transferListener(TransferListener told) {
    this.transfers = told;
    return this;
  }

  /** Who is told of every request, as it is sent, answered and sent again; by default nobody. */
  public ClientBuilder requestListener(RequestListener told) {
    this.requests = told;
    return this;
  }

  /** Makes the client; it connects when it is first asked. */
  public GreenformersClient build() {
    return build(Retries.of(retries));
  }

  GreenformersClient build(Retries pauses) {
    return new GreenformersClient(
        new Http(
            new ClientSettings(
                baseUrl,
                apiKey,
                timeout,
                connectTimeout,
                transferTimeout,
                pauses.policy(),
                transfers,
                requests),
            pauses));
  }
}
