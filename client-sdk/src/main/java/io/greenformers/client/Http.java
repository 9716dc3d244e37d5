package io.greenformers.client;

import io.greenformers.client.RequestListener.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests, again where that may help, and reads answers. Thread-safe. */
final class Http implements AutoCloseable {
  /** An inspection of a model with many sites has a few megabytes. */
  private static final int LONGEST_DOCUMENT = 1 << 28;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .build();

  private final ClientSettings settings;
  private final HttpClient client;
  private final Retries retries;
  private final Routes routes;
  private final Problems problems;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  Http(ClientSettings settings, Retries retries) {
    this.settings = settings;
    this.retries = retries;
    this.routes = Routes.of(settings.baseUrl());
    this.problems = new Problems(retries);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.connectTimeout())
            // a key is for the service, not for whoever it points at
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  ClientSettings settings() {
    return settings;
  }

  Retries retries() {
    return retries;
  }

  /**
   * A request to a path of the service, with the time-out and the key of this client.
   *
   * @throws InvalidDataException if a path of the service's would lead to another host
   * @throws IllegalStateException if the client is closed
   */
  HttpRequest.Builder to(String path) {
    if (isClosed.get()) {
      throw new IllegalStateException("the client is closed: make another one");
    }
    if (!path.startsWith("/")) {
      throw new InvalidDataException("a path of the service: expected /…, found '" + path + "'");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.baseUrl() + path)).timeout(settings.timeout());
    settings.apiKey().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request;
  }

  /**
   * An id, to be put into a path.
   *
   * @throws IllegalArgumentException if it would be more than one step of it
   */
  static String id(String id) {
    if (!id.matches("[A-Za-z0-9:_-]{1,200}")) {
      throw new IllegalArgumentException(
          "an id: expected letters, digits and ':_-', found '%s'".formatted(id));
    }
    return id;
  }

  /** Asks for a document. */
  <T> T json(HttpRequest request, Class<T> type) {
    return parse(text(request, Repeat.IDEMPOTENT), type);
  }

  /** Asks for a document of any form. */
  JsonNode tree(HttpRequest request) {
    return json(request, JsonNode.class);
  }

  /** Posts a document. */
  <T> T post(String path, Object document, Class<T> type, Repeat repeat) {
    HttpRequest request =
        to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(document)))
            .build();
    return parse(text(request, repeat), type);
  }

  static <T> T parse(String text, Class<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JacksonException e) {
      throw new InvalidDataException(
          "expected a %s from the service, found something else: %s"
              .formatted(type.getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }

  /** A document that breaks off is asked for again, like one that does not begin. */
  private String text(HttpRequest request, Repeat repeat) {
    for (int tries = 1; ; tries++) {
      try (Answer answer = send(request, repeat)) {
        return answer.text(LONGEST_DOCUMENT);
      } catch (IOException e) {
        pauseAfter(e, request, repeat, tries);
      }
    }
  }

  /** Like {@link #json}; bytes may still fail to come while they are read. */
  Answer stream(HttpRequest request) {
    return send(request, Repeat.IDEMPOTENT);
  }

  /**
   * Sends a request until there is an answer, or no hope.
   *
   * @throws ServiceException if the service refuses it
   * @throws GreenformersIoException if the service is not reached, or the thread is interrupted
   */
  private Answer send(HttpRequest request, Repeat repeat) {
    for (int tries = 1; ; tries++) {
      try {
        Answer answer = once(request);
        if (answer.status() < 300) {
          return answer;
        }
        ServiceException problem = problems.of(answer, tries);
        if (!repeat.after(problem) || !retries.goOn(tries, problem.retryAfter())) {
          throw problem;
        }
        pause(request, tries, problem.retryAfter());
      } catch (IOException e) {
        pauseAfter(e, request, repeat, tries);
      }
    }
  }

  /** Sends a request once: whether it may be sent again depends on what came of it. */
  Answer once(HttpRequest request) throws IOException {
    Exchange exchange = routes.exchange(request);
    long start = System.nanoTime();
    settings.requests().started(exchange);
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      settings.requests().failed(exchange, e, since(start));
      throw e;
    } catch (InterruptedException e) {
      settings.requests().failed(exchange, new InterruptedIOException(), since(start));
      throw GreenformersIoException.interrupted();
    }
    return told(exchange, since(start), Answer.of(response, settings.timeout()));
  }

  /** Nobody reads an answer whose listener fails. */
  private Answer told(Exchange exchange, Duration took, Answer answer) throws IOException {
    try {
      settings.requests().answered(exchange, answer.status(), took);
      return answer;
    } catch (RuntimeException e) {
      answer.close();
      throw e;
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** What a service said instead of an answer to something that was sent {@link #once}. */
  ServiceException problem(Answer answer) throws IOException {
    return problems.of(answer, 1);
  }

  /**
   * Waits before asking for something again, or for the rest of it.
   *
   * @param request that did not bring all of it
   * @param tries how many there were, from 1
   * @param asked what the service asked for
   */
  void pause(HttpRequest request, int tries, Optional<Duration> asked) {
    Duration pause = retries.pause(tries, asked);
    settings.requests().retried(routes.exchange(request), tries, pause);
    sleep(pause);
  }

  /** Waits for so long. */
  void sleep(Duration time) {
    try {
      retries.sleeper().sleep(time);
    } catch (InterruptedException e) {
      throw GreenformersIoException.interrupted();
    }
  }

  private void pauseAfter(IOException e, HttpRequest request, Repeat repeat, int tries) {
    if (Thread.currentThread().isInterrupted()) {
      throw GreenformersIoException.interrupted();
    }
    if (!repeat.after(e) || !retries.goOn(tries, Optional.empty())) {
      throw unreachable(request, e);
    }
    pause(request, tries, Optional.empty());
  }

  static GreenformersIoException unreachable(HttpRequest request, IOException cause) {
    return new GreenformersIoException(
        "%s %s: no answer (%s); does the service run there?"
            .formatted(request.method(), request.uri(), cause),
        cause);
  }

  @Override
  public void close() {
    isClosed.set(true);
  }
}
