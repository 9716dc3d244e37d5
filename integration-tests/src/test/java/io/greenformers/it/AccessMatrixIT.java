package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.GreenformersClient;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
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

  private static RunningService service;
  private static GreenformersClient operator;
  private static ApiCallers callers;
  private static TenantUnderWatch alice;
  private static TenantUnderWatch bob;
  private static List<ApiRoute> routes;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    String operatorKey = RunningService.firstKey(data);
    service =
        RunningService.start(
            data,
            "--greenformers.access.login=true",
            "--greenformers.limits.address.requests=9999");
    operator = service.client(operatorKey);
    callers = new ApiCallers(service, operatorKey);
    alice = tenant(ApiRole.OWNER, "Qzalice");
    bob = tenant(ApiRole.OTHER_TENANT, "Qzbobby");
    routes = new ArrayList<>(UNDESCRIBED);
    routes.addAll(
        ApiRoute.of(
            new JsonMapper().readTree(callers.send(ApiRole.NO_KEY, "GET", "/v3/api-docs").body())));
  }

  private static TenantUnderWatch tenant(ApiRole role, String canary) throws IOException {
    callers.send(
        role, "POST", "/v1/models", "application/octet-stream", BodyPublishers.ofString(BYTES));
    return TenantUnderWatch.of(service.client(callers.key(role)), canary, directory);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  @Order(1)
  void everyRouteAnswersEveryoneAsTheyMay() {
    List<String> wrong = new ArrayList<>();
    for (ApiRoute route : routes) {
      for (ApiRole role : ApiRole.values()) {
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

  private static boolean isAsItShouldBe(ApiRole role, ApiRoute route, int status) {
    if (!role.isLetIn()) {
      return status == 401;
    }
    if (!role.may(route)) {
      return status == 403;
    }
    if (role == ApiRole.OTHER_TENANT && route.namesOneThing()) {
      return status == 404;
    }
    // a compression that has ended cannot be cancelled: the owner is told so
    return status < 300 || (role == ApiRole.OWNER && status == 409);
  }

  @Test
  @Order(2)
  void aForeignIdAnswersAsAnUnknownOne() {
    for (ApiRoute route : routes) {
      if (route.namesOneThing() && ApiRole.OTHER_TENANT.may(route)) {
        HttpResponse<String> foreign = ask(ApiRole.OTHER_TENANT, route, alice);
        HttpResponse<String> unknown =
            send(ApiRole.OTHER_TENANT, route, route.path().replace("{id}", unknown(route)));
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
            "{\"model\": \""
                + bob.model()
                + "\", \"budget\": {\"sizeRatio\": 0.5},"
                + " \"data\": {\"evaluation\": \"%s\", \"tokenizer\": \""
                + bob.dataset()
                + "\"}}")) {
      String id = document.contains("data") ? alice.dataset() : alice.model();
      HttpResponse<String> foreign = compress(document.formatted(id));
      HttpResponse<String> unknown = compress(document.formatted("sha256:" + UNKNOWN));
      assertThat(foreign.statusCode()).isEqualTo(unknown.statusCode()).isEqualTo(404);
      assertThat(foreign.body().replace(id, "sha256:" + UNKNOWN)).isEqualTo(unknown.body());
    }
  }

  private static HttpResponse<String> compress(String document) {
    return callers.send(
        ApiRole.OTHER_TENANT,
        "POST",
        "/v1/compressions",
        "application/json",
        BodyPublishers.ofString(document));
  }

  @Test
  @Order(4)
  void nobodyIsToldWhatIsNotTheirs() {
    for (ApiRole role : ApiRole.values()) {
      for (String canary : List.of(alice.canary(), bob.canary())) {
        if (!owns(role, canary)) {
          assertThat(callers.told(role))
              .as("what %s was told, with %s", role, canary)
              .isNotEmpty()
              .noneMatch(text -> text.contains(canary));
        }
      }
    }
    assertThat(callers.told(ApiRole.OWNER)).anyMatch(text -> text.contains(alice.canary()));
  }

  private static boolean owns(ApiRole role, String canary) {
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
    List<String> secrets = new ArrayList<>(callers.keys());
    secrets.addAll(List.of(alice.canary(), bob.canary()));
    for (String place : List.of("data.log", "data/audit", "data/work", "data/kept")) {
      assertThat(holding(secrets, directory.resolve(place))).isEmpty();
    }
    assertThat(holding(secrets, directory.resolve("data/artifacts")))
        .as("what the search finds where it should be")
        .isNotEmpty();
  }

  /** The files with one of these words in their names or bytes. */
  private static List<Path> holding(List<String> words, Path place) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.toList()) {
        String bytes =
            Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        if (words.stream().anyMatch(word -> (file + bytes).contains(word))) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** Asks for what a tenant owns. */
  private static HttpResponse<String> ask(ApiRole role, ApiRoute route, TenantUnderWatch owner) {
    return send(role, route, route.path().replace("{id}", id(route, owner)));
  }

  private static HttpResponse<String> send(ApiRole role, ApiRoute route, String path) {
    String at = path.replace("{name}", "report.json");
    return route.bodyType().isEmpty()
        ? callers.send(role, route.method(), at)
        : callers.send(role, route.method(), at, route.bodyType().get(), body(route));
  }

  private static String id(ApiRoute route, TenantUnderWatch owner) {
    return switch (route.kind()) {
      case "models" -> owner.model();
      case "datasets" -> owner.dataset();
      case "compressions" -> owner.compression().id();
      case "keys" -> operator.createKey("carol", "test", Set.of("read"), Duration.ofHours(1)).id();
      default -> "";
    };
  }

  private static String unknown(ApiRoute route) {
    return switch (route.kind()) {
      case "compressions" -> UNKNOWN_COMPRESSION;
      case "keys" -> UNKNOWN_KEY;
      default -> "sha256:" + UNKNOWN;
    };
  }

  private static BodyPublisher body(ApiRoute route) {
    return switch (route.toString()) {
      case "POST /v1/models", "POST /v1/datasets" -> BodyPublishers.ofString(BYTES);
      case "POST /v1/keys" ->
          BodyPublishers.ofString(
              "{\"tenant\": \"carol\", \"name\": \"x\", \"scopes\": [\"read\"]}");
      case "POST /v1/compressions" ->
          BodyPublishers.ofString(
              "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(BYTES_ID));
      default ->
          throw new AssertionError(route + " is new: say here what a valid body of it may be");
    };
  }
}
