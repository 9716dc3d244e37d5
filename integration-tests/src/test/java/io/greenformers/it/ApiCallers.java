package io.greenformers.it;

import io.greenformers.client.ApiKey;
import io.greenformers.client.GreenformersClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Sends requests in every role, and remembers what each was told. */
final class ApiCallers {
  private static final Set<String> ALL = Set.of("read", "write", "admin");
  private static final Duration HOUR = Duration.ofHours(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<ApiRole, String> keys = new EnumMap<>(ApiRole.class);
  private final Map<ApiRole, List<String>> told = new EnumMap<>(ApiRole.class);
  private final String url;

  /**
   * Makes the keys of all roles: alice is the owner, bob the other tenant.
   *
   * @param operatorKey the service's first key
   */
  ApiCallers(RunningService service, String operatorKey) {
    this.url = service.url();
    GreenformersClient operator = service.client(operatorKey);
    keys.put(ApiRole.OPERATOR, operatorKey);
    keys.put(
        ApiRole.OWNER, secret(operator.createKey("alice", "x", Set.of("read", "write"), HOUR)));
    keys.put(
        ApiRole.OTHER_TENANT,
        secret(operator.createKey("bob", "x", Set.of("read", "write"), HOUR)));
    keys.put(ApiRole.READ_ONLY, secret(operator.createKey("alice", "x", Set.of("read"), HOUR)));
    keys.put(ApiRole.EXPIRED, secret(operator.createKey("alice", "x", ALL, Duration.ofMillis(1))));
    ApiKey revoked = operator.createKey("alice", "x", ALL, HOUR);
    operator.revokeKey(revoked.id());
    keys.put(ApiRole.REVOKED, secret(revoked));
  }

  private static String secret(ApiKey key) {
    return key.secret().orElseThrow();
  }

  String key(ApiRole role) {
    return Objects.requireNonNull(keys.get(role));
  }

  Collection<String> keys() {
    return keys.values();
  }

  /** All bodies and headers that answered requests in this role. */
  List<String> told(ApiRole role) {
    return told.getOrDefault(role, List.of());
  }

  HttpResponse<String> send(ApiRole role, String method, String path) {
    return send(role, method, path, "", BodyPublishers.noBody());
  }

  /**
   * Begins a resumable upload and sends all of its bytes.
   *
   * @return its id
   */
  String upload(ApiRole role, String metadata, String bytes) {
    HttpResponse<String> begun =
        send(
            role,
            "POST",
            "/v1/uploads",
            Map.of("Upload-Length", "" + bytes.length(), "Upload-Metadata", metadata),
            BodyPublishers.noBody());
    String place = begun.headers().firstValue("Location").orElseThrow();
    send(
        role,
        "PATCH",
        place,
        Map.of("Upload-Offset", "0", "Content-Type", "application/offset+octet-stream"),
        BodyPublishers.ofString(bytes));
    return place.substring(place.lastIndexOf('/') + 1);
  }

  HttpResponse<String> send(
      ApiRole role, String method, String path, String type, BodyPublisher body) {
    return send(role, method, path, type.isEmpty() ? Map.of() : Map.of("Content-Type", type), body);
  }

  /** Everyone speaks tus, which is of no meaning where it is not expected. */
  HttpResponse<String> send(
      ApiRole role, String method, String path, Map<String, String> headers, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, body)
            .header("Tus-Resumable", "1.0.0");
    headers.forEach(request::header);
    if (role != ApiRole.NO_KEY) {
      request.header("Authorization", "Bearer " + key(role));
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      told.computeIfAbsent(role, r -> new ArrayList<>()).add(answer.body() + answer.headers());
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
