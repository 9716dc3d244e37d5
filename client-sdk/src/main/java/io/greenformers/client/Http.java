package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Requests and answers, retries and problems. Thread-safe. */
final class Http {
  /** Answers after which the same request may succeed. */
  private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

  /** What RFC 9457 and this service say in every problem. */
  private static final Set<String> KNOWN_MEMBERS =
      Set.of("type", "title", "status", "detail", "code", "instance");

  private static final int LONGEST_PROBLEM = 1 << 16;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .build();

  private final HttpClient client;
  private final URI base;
  private final Duration timeout;
  private final Retries retries;
  private final Optional<String> apiKey;

  Http(HttpClient client, URI base, Duration timeout, Retries retries, Optional<String> apiKey) {
    this.apiKey = apiKey;
    this.client = client;
    this.base = base;
    this.timeout = timeout;
    this.retries = retries;
  }

  Retries retries() {
    return retries;
  }

  /**
   * A request to a path below the service's address, with the time-out and the key of this client.
   */
  HttpRequest.Builder to(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
            .timeout(timeout);
    apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request;
  }

  <T> T json(HttpRequest request, Class<T> type) {
    return parse(text(request), type);
  }

  /** Posts a JSON document. */
  <T> T post(String path, Object document, Class<T> type) {
    return json(
        to(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(document)))
            .build(),
        type);
  }

  JsonNode tree(HttpRequest request) {
    return parse(text(request), JsonNode.class);
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

  private String text(HttpRequest request) {
    return send(request, BodyHandlers.ofString(StandardCharsets.UTF_8)).body();
  }

  /** Like {@link #send}; bytes may still fail to come while they are read. */
  HttpResponse<InputStream> stream(HttpRequest request) {
    return send(request, BodyHandlers.ofInputStream());
  }

  /**
   * Sends a request that may be sent twice without harm, and again when that may help.
   *
   * @throws ServiceException if the service refuses it
   * @throws GreenformersIoException if the service is not reached, or the thread is interrupted
   */
  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    for (int tries = 1; ; tries++) {
      try {
        HttpResponse<T> response = client.send(request, handler);
        if (response.statusCode() < 300) {
          return response;
        }
        ServiceException problem = problem(response);
        if (!PASSING.contains(response.statusCode()) || tries > retries.most()) {
          throw problem;
        }
        retries.pause(tries, retryAfter(response));
      } catch (IOException e) {
        if (tries > retries.most()) {
          throw unreachable(request, e);
        }
        pause(retries, tries);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  /** Sends a request once: whether it may be sent again depends on what came of it. */
  <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> handler) throws IOException {
    try {
      return client.send(request, handler);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Waits before trying something again. */
  void pause(Retries pauses, int tries) {
    try {
      pauses.pause(tries, Optional.empty());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static GreenformersIoException interrupted() {
    Thread.currentThread().interrupt();
    return new GreenformersIoException("interrupted while waiting for the service");
  }

  static GreenformersIoException unreachable(HttpRequest request, IOException cause) {
    return new GreenformersIoException(
        "%s %s: no answer (%s); does the service run there?"
            .formatted(request.method(), request.uri(), cause),
        cause);
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(v -> v.matches("[0-9]{1,6}"))
        .map(v -> Duration.ofSeconds(Long.parseLong(v)));
  }

  static ServiceException problem(HttpResponse<?> response) throws IOException {
    JsonNode problem = object(text(response.body()));
    Map<String, Object> fields = new LinkedHashMap<>();
    problem
        .properties()
        .forEach(field -> {
          if (!KNOWN_MEMBERS.contains(field.getKey())) {
            JsonNode value = field.getValue();
            fields.put(field.getKey(), value.isString() ? value.asString() : value);
          }
        });
    return new ServiceException(
        response.statusCode(),
        problem.path("code").asString("http-" + response.statusCode()),
        problem.path("detail").asString("no more is known"),
        fields);
  }

  private static String text(Object body) throws IOException {
    if (body instanceof InputStream stream) {
      try (stream) {
        return new String(stream.readNBytes(LONGEST_PROBLEM), StandardCharsets.UTF_8);
      }
    }
    return body.toString();
  }

  /** Whatever stands between here and the service may answer with a page of its own. */
  private static JsonNode object(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isObject() ? node : JSON.createObjectNode();
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }
}
