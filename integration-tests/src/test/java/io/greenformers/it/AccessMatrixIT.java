package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.testing.TraceCollector;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  /** Routes of the server that the document leaves out. */
  private static final List<ApiRoute> UNDESCRIBED =
      List.of(
          new ApiRoute("GET", "/actuator/metrics", Optional.empty()),
          new ApiRoute("GET", "/actuator/prometheus", Optional.empty()));

  @TempDir static Path directory;

  private static TraceCollector collector;
  private static RunningService service;
  private static ApiCallers callers;
  private static TenantUnderWatch alice;
  private static TenantUnderWatch bob;
  private static ApiRequests requests;
  private static List<ApiRoute> routes;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    String operatorKey = RunningService.firstKey(data);
    collector = TraceCollector.start();
    service =
        RunningService.start(
            data,
            "--greenformers.access.login=true",
            "--greenformers.traces.endpoint=" + collector.endpoint(),
            "--greenformers.limits.address.requests=9999");
    callers = new ApiCallers(service, operatorKey);
    alice = tenant(ApiRole.OWNER, "Qzalice");
    bob = tenant(ApiRole.OTHER_TENANT, "Qzbobby");
    requests = new ApiRequests(callers, service.client(operatorKey), alice);
    routes = new ArrayList<>(UNDESCRIBED);
    routes.addAll(
        ApiRoute.of(
            new JsonMapper().readTree(callers.send(ApiRole.NO_KEY, "GET", "/v3/api-docs").body())));
  }

  private static TenantUnderWatch tenant(ApiRole role, String canary) throws IOException {
    callers.send(
        role,
        "POST",
        "/v1/models",
        "application/octet-stream",
        BodyPublishers.ofString(ApiRequests.BYTES));
    return TenantUnderWatch.of(service.client(callers.key(role)), canary, directory);
  }

  @AfterAll
  static void stop() {
    service.close();
    collector.close();
  }

  @Test
  @Order(1)
  void everyRouteAnswersEveryoneAsTheyMay() {
    List<String> wrong = new ArrayList<>();
    for (ApiRoute route : routes) {
      for (ApiRole role : ApiRole.values()) {
        int status = requests.send(role, route, requests.ownersId(route)).statusCode();
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
        String id = requests.ownersId(route);
        HttpResponse<String> foreign = requests.send(ApiRole.OTHER_TENANT, route, id);
        String nobodys = ApiRequests.unknownId(route);
        HttpResponse<String> unknown = requests.send(ApiRole.OTHER_TENANT, route, nobodys);
        assertThat(foreign.statusCode()).as("%s", route).isEqualTo(unknown.statusCode());
        assertThat(foreign.body().replace(id, nobodys)).as("%s", route).isEqualTo(unknown.body());
        assertThat(foreign.headers().map().keySet())
            .as("%s", route)
            .isEqualTo(unknown.headers().map().keySet());
      }
    }
  }

  @Test
  @Order(3)
  void aForeignIdInARequestAnswersAsAnUnknownOne() {
    String upload = callers.upload(ApiRole.OWNER, alice.canary(), "of alice");
    String model = "{\"model\": \"%s\", \"budget\": {\"sizeRatio\": 0.5}}";
    String dataset =
        "{\"model\": \""
            + bob.model()
            + "\", \"budget\": {\"sizeRatio\": 0.5},"
            + " \"data\": {\"evaluation\": \"%s\", \"tokenizer\": \""
            + bob.dataset()
            + "\"}}";
    assertForeignIsUnknown("/v1/compressions", model, alice.model(), ApiRequests.UNKNOWN);
    assertForeignIsUnknown("/v1/compressions", dataset, alice.dataset(), ApiRequests.UNKNOWN);
    assertForeignIsUnknown(
        "/v1/datasets", "{\"upload\": \"%s\"}", upload, ApiRequests.UNKNOWN_UUID);
    assertForeignIsUnknown(
        "/v1/models", "{\"files\": {\"model.onnx\": \"%s\"}}", upload, ApiRequests.UNKNOWN_UUID);
  }

  private static void assertForeignIsUnknown(
      String path, String document, String foreignId, String unknownId) {
    HttpResponse<String> foreign = post(path, document.formatted(foreignId));
    HttpResponse<String> unknown = post(path, document.formatted(unknownId));
    assertThat(foreign.statusCode()).isEqualTo(unknown.statusCode()).isEqualTo(404);
    assertThat(foreign.body().replace(foreignId, unknownId)).isEqualTo(unknown.body());
  }

  private static HttpResponse<String> post(String path, String document) {
    return callers.send(
        ApiRole.OTHER_TENANT, "POST", path, "application/json", BodyPublishers.ofString(document));
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
  void neitherLogsNorAuditNorTracesNorWorkDirectoriesHoldIt() throws Exception {
    assertThat(directory.resolve("data.log")).content().contains("tenant=alice", "compression=");
    List<String> secrets = new ArrayList<>(callers.keys());
    secrets.addAll(List.of(alice.canary(), bob.canary()));
    for (String place : List.of("data.log", "data/audit", "data/work", "data/kept")) {
      assertThat(holding(secrets, directory.resolve(place))).isEmpty();
    }
    collector.await(1, span -> span.name().equals("stage evaluate"), Duration.ofSeconds(30));
    assertThat(collector.spans())
        .extracting(span -> span.attributes().get("tenant"))
        .contains("alice", "bob");
    assertThat(collector.bodies()).noneMatch(body -> secrets.stream().anyMatch(body::contains));
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
}
