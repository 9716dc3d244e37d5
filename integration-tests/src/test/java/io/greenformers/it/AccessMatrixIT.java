package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every route that the service describes, asked by everyone; and two tenants whose names and
 * contents have a word in them that must show up nowhere but with them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AccessMatrixIT {
  private static final String UNKNOWN = "0".repeat(64);
  private static final String UNKNOWN_COMPRESSION = "00000000-0000-0000-0000-000000000000";
  private static final String UNKNOWN_KEY = "000000000000";

  /** Something that both tenants upload. */
  private static final String BYTES = "bytes";

  private static final String BYTES_ID =
      "sha256:277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9";

  /** Routes of the server that the document leaves out. */
  private static final List<ApiRoute> UNDESCRIBED =
      List.of(
          new ApiRoute("GET", "/actuator/metrics", Optional.empty()),
          new ApiRoute("GET", "/actuator/prometheus", Optional.empty()));

  @TempDir static Path directory;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Map<Role, String> KEYS = new EnumMap<>(Role.class);

  private static RunningService service;
  private static GreenformersClient operator;
  private static TenantUnderWatch alice;
  private static TenantUnderWatch bob;
  private static List<ApiRoute> routes;

  /** What each was told, to be looked through for what is not theirs. */
  private static final Map<Role, List<String>> TOLD = new EnumMap<>(Role.class);

  /** Who asks. Alice owns what is asked for. */
  private enum Role {
    OWNER,
    READ_ONLY,
    OTHER_TENANT,
    OPERATOR,
    NO_KEY,
    EXPIRED,
    REVOKED;

    boolean isLetIn() {
      return this != NO_KEY && this != EXPIRED && this != REVOKED;
    }

    boolean may(ApiRoute route) {
      return switch (this) {
        case OWNER, OTHER_TENANT -> !route.isForOperators();
        case READ_ONLY -> !route.isForOperators() && !route.changes();
        case OPERATOR -> route.isForOperators();
        case NO_KEY, EXPIRED, REVOKED -> false;
      };
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    KEYS.put(Role.OPERATOR, RunningService.firstKey(data));
    service =
        RunningService.start(
            data, "--greenformers.access.login=true", "--greenformers.limits.address.requests=9999");
    operator = service.client(KEYS.get(Role.OPERATOR));
    KEYS.put(Role.OWNER, key("alice", Set.of("read", "write"), Duration.ofHours(1)));
    KEYS.put(Role.OTHER_TENANT, key("bob", Set.of("read", "write"), Duration.ofHours(1)));
    KEYS.put(Role.READ_ONLY, key("alice", Set.of("read"), Duration.ofHours(1)));
    KEYS.put(Role.EXPIRED, key("alice", Set.of("read", "write", "admin"), Duration.ofMillis(1)));
    ApiKey revoked =
        operator.createKey("alice", "revoked", Set.of("read", "write", "admin"), Duration.ofDays(1));
    operator.revokeKey(revoked.id());
    KEYS.put(Role.REVOKED, revoked.secret().orElseThrow());
    alice = TenantUnderWatch.of(service.client(KEYS.get(Role.OWNER)), "Qzalice", directory);
    bob = TenantUnderWatch.of(service.client(KEYS.get(Role.OTHER_TENANT)), "Qzbobby", directory);
    for (Role role : List.of(Role.OWNER, Role.OTHER_TENANT)) {
      send(role, "POST", "/v1/models", "application/octet-stream", BodyPublishers.ofString(BYTES));
    }
    routes = new ArrayList<>(UNDESCRIBED);
    routes.addAll(
        ApiRoute.of(new JsonMapper().readTree(send(Role.NO_KEY, "GET", "/v3/api-docs").body())));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static String key(String tenant, Set<String> scopes, Duration validFor) {
    return operator.createKey(tenant, "test", scopes, validFor).secret().orElseThrow();
  }

  @Test
  @Order(1)
  void everyRouteAnswersEveryoneAsTheyMay() {
    List<String> wrong = new ArrayList<>();
    for (ApiRoute route : routes) {
      for (Role role : Role.values()) {
        int status = ask(role, route, alice).statusCode();
        System.out.printf("%-50s %-12s %d%n", route, role, status);
        if (!isAsItShouldBe(role, route, status)) {
          wrong.add("%s by %s: %d".formatted(route, role, status));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(routes).hasSizeGreaterThan(12);
  }

  private static boolean isAsItShouldBe(Role role, ApiRoute route, int status) {
    if (!role.isLetIn()) {
      return status == 401;
    }
    if (!role.may(route)) {
      return status == 403;
    }
    if (role == Role.OTHER_TENANT && route.namesOneThing()) {
      return status == 404;
    }
    // a compression that has ended cannot be cancelled: the owner is told so
    return status < 300 || (role == Role.OWNER && status == 409);
  }

  @Test
  @Order(2)
  void aForeignIdAnswersAsAnUnknownOne() {
    for (ApiRoute route : routes) {
      if (route.namesOneThing() && Role.OTHER_TENANT.may(route)) {
        HttpResponse<String> foreign = ask(Role.OTHER_TENANT, route, alice);
        HttpResponse<String> unknown =
            send(Role.OTHER_TENANT, route, route.path().replace("{id}", unknown(route)));
        assertThat(foreign.statusCode()).as("%s", route).isEqualTo(unknown.statusCode());
        assertThat(foreign.body().replace(id(route, alice), unknown(route)))
            .as("%s", route)
            .isEqualTo(unknown.body());
        assertThat(foreign.headers().map().keySet())
            .as("%s", route)
            .isEqualTo(unknown.headers().map().keySet());
      }
    }
  }

  @Test
  @Order(3)
  void aForeignIdInARequestAnswersAsAnUnknownOne() {
    for (String document :
        List.of(
            "{\"model\": \"%s\", \"budget\": {\"sizeRatio\": 0.5}}",
            "{\"model\": \"" + bob.model() + "\", \"budget\": {\"sizeRatio\": 0.5},"
                + " \"data\": {\"evaluation\": \"%s\", \"tokenizer\": \"" + bob.dataset() + "\"}}")) {
      String id = document.contains("data") ? alice.dataset() : alice.model();
      HttpResponse<String> foreign = compress(document.formatted(id));
      HttpResponse<String> unknown = compress(document.formatted("sha256:" + UNKNOWN));
      assertThat(foreign.statusCode()).isEqualTo(unknown.statusCode()).isEqualTo(404);
      assertThat(foreign.body().replace(id, "sha256:" + UNKNOWN)).isEqualTo(unknown.body());
    }
  }

  private static HttpResponse<String> compress(String document) {
    return send(
        Role.OTHER_TENANT,
        "POST",
        "/v1/compressions",
        "application/json",
        BodyPublishers.ofString(document));
  }

  @Test
  @Order(4)
  void nobodyIsToldWhatIsNotTheirs() {
    for (Role role : Role.values()) {
      for (String canary : List.of(alice.canary(), bob.canary())) {
        if (!owns(role, canary)) {
          assertThat(TOLD.getOrDefault(role, List.of()))
              .as("what %s was told, with %s", role, canary)
              .isNotEmpty()
              .noneMatch(text -> text.contains(canary));
        }
      }
    }
    assertThat(TOLD.get(Role.OWNER)).anyMatch(text -> text.contains(alice.canary()));
  }

  private static boolean owns(Role role, String canary) {
    return switch (role) {
      case OWNER, READ_ONLY -> canary.equals(alice.canary());
      case OTHER_TENANT -> canary.equals(bob.canary());
      case OPERATOR, NO_KEY, EXPIRED, REVOKED -> false;
    };
  }

  @Test
  @Order(5)
  void neitherLogsNorAuditNorWorkDirectoriesHoldIt() throws IOException {
    assertThat(directory.resolve("data.log")).content().contains("tenant=alice", "compression=");
    List<Path> places =
        List.of(
            directory.resolve("data.log"),
            directory.resolve("data/audit"),
            directory.resolve("data/work"),
            directory.resolve("data/kept"));
    for (Path place : places) {
      try (Stream<Path> files = Files.walk(place)) {
        files.forEach(AccessMatrixIT::assertHasNoCanary);
      }
    }
  }

  private static void assertHasNoCanary(Path file) {
    try {
      String text =
          Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
      for (TenantUnderWatch tenant : List.of(alice, bob)) {
        assertThat(file + text).as("%s", file).doesNotContain(tenant.canary());
      }
      KEYS.values().forEach(key -> assertThat(text).as("%s", file).doesNotContain(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for what a tenant owns. */
  private static HttpResponse<String> ask(Role role, ApiRoute route, TenantUnderWatch owner) {
    return send(role, route, route.path().replace("{id}", id(route, owner)));
  }

  private static HttpResponse<String> send(Role role, ApiRoute route, String path) {
    String at = path.replace("{name}", "report.json");
    return route.bodyType().isEmpty()
        ? send(role, route.method(), at)
        : send(role, route.method(), at, route.bodyType().get(), body(route));
  }

  private static String id(ApiRoute route, TenantUnderWatch owner) {
    return switch (route.path().split("/")[2]) {
      case "models" -> owner.model();
      case "datasets" -> owner.dataset();
      case "compressions" -> owner.compression().id();
      case "keys" -> operator.createKey("carol", "test", Set.of("read"), Duration.ofHours(1)).id();
      default -> "";
    };
  }

  private static String unknown(ApiRoute route) {
    return switch (route.path().split("/")[2]) {
      case "compressions" -> UNKNOWN_COMPRESSION;
      case "keys" -> UNKNOWN_KEY;
      default -> "sha256:" + UNKNOWN;
    };
  }

  private static BodyPublisher body(ApiRoute route) {
    return switch (route.toString()) {
      case "POST /v1/models", "POST /v1/datasets" -> BodyPublishers.ofString(BYTES);
      case "POST /v1/keys" ->
          BodyPublishers.ofString("{\"tenant\": \"carol\", \"name\": \"x\", \"scopes\": [\"read\"]}");
      case "POST /v1/compressions" ->
          BodyPublishers.ofString(
              "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(BYTES_ID));
      default ->
          throw new AssertionError(route + " is new: say here what a valid body of it may be");
    };
  }

  private static HttpResponse<String> send(Role role, String method, String path) {
    return send(role, method, path, "", BodyPublishers.noBody());
  }

  private static HttpResponse<String> send(
      Role role, String method, String path, String type, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.url() + path)).method(method, body);
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    if (role != Role.NO_KEY) {
      request.header("Authorization", "Bearer " + KEYS.get(role));
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
      TOLD.computeIfAbsent(role, r -> new ArrayList<>()).add(answer.body() + answer.headers());
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
