package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.Tenant;
import io.greenformers.service.TestService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with login, with keys. */
final class LoginTest {
  private static final String BINARY = "application/octet-stream";

  @TempDir static Path directory;

  private static TestService service;
  private static String alice;
  private static String bob;
  private static String reader;
  private static String admin;

  private static TestIssuer issuer;

  @BeforeAll
  static void start() throws Exception {
    issuer = TestIssuer.start();
    service =
        TestService.start(
            directory,
            "--greenformers.access.login=true",
            "--greenformers.access.issuer=" + issuer.url(),
            "--greenformers.access.audience=" + TestIssuer.AUDIENCE);
    alice = key("alice", EnumSet.of(Scope.READ, Scope.WRITE));
    bob = key("bob", EnumSet.of(Scope.READ, Scope.WRITE));
    reader = key("alice", EnumSet.of(Scope.READ));
    admin = key("ops", EnumSet.of(Scope.ADMIN));
  }

  @AfterAll
  static void stop() {
    service.close();
    issuer.close();
  }

  private static String key(String tenant, Set<Scope> scopes) {
    return service
        .bean(ApiKeys.class)
        .create(new KeyRequest(new Tenant(tenant), "test", scopes, Duration.ofDays(1)))
        .token()
        .secret();
  }

  private static HttpResponse<String> send(String key, HttpRequest.Builder request) {
    return service.send(request.header("Authorization", "Bearer " + key));
  }

  private static HttpResponse<String> upload(String key, String content) {
    return send(
        key,
        service
            .to("/v1/models")
            .header("Content-Type", BINARY)
            .POST(BodyPublishers.ofString(content)));
  }

  @Test
  void nobodyIsToldHowToGetIn() {
    HttpResponse<String> answer = service.send(service.to("/v1/compressions"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body()).contains("not-logged-in").contains("greenformers keys create");
  }

  @Test
  void unknownMalformedAndRevokedKeysLookTheSame() {
    String revoked = key("alice", EnumSet.allOf(Scope.class));
    service.bean(ApiKeys.class).revoke(KeyToken.of(revoked).orElseThrow().id());
    String none = service.send(service.to("/v1/compressions")).body();
    String unknown = "gf_000000000000_" + "A".repeat(43);
    for (String key : new String[] {unknown, "gf_", "x", "not.a.token", revoked}) {
      HttpResponse<String> answer = send(key, service.to("/v1/compressions"));
      assertThat(answer.statusCode()).as(key).isEqualTo(401);
      assertThat(answer.body()).as(key).isEqualTo(none);
    }
  }

  @Test
  void aTokenOfTheIssuerIsAsGoodAsAKey() throws Exception {
    String token = issuer.token(claims -> claims.claim("tenant", "alice").claim("scope", "read"));
    String place = upload(alice, "for tokens").headers().firstValue("Location").orElseThrow();
    assertThat(send(token, service.to(place)).statusCode()).isEqualTo(200);
    assertThat(upload(token, "by token").statusCode()).isEqualTo(403);
    String foreign = issuer.token(claims -> claims.claim("tenant", "bob"));
    assertThat(send(foreign, service.to(place)).statusCode()).isEqualTo(404);
  }

  @Test
  void aTenantsModelIsNotThereForAnother() {
    String id = "sha256:14ab2add4a0ddd3bb1cb0cbd8d8f0e4c3ad6bbd0ec2fb3a8cfbcdfac4ac5d6c5";
    HttpResponse<String> uploaded = upload(alice, "alice's model");
    String place = uploaded.headers().firstValue("Location").orElseThrow();
    assertThat(send(alice, service.to(place)).statusCode()).isEqualTo(200);
    HttpResponse<String> foreign = send(bob, service.to(place));
    HttpResponse<String> unknown = send(bob, service.to("/v1/models/" + id));
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(foreign.body().replace(place.substring("/v1/models/".length()), id))
        .isEqualTo(unknown.body());
  }

  @Test
  void whetherSomebodyElseHasAFileDoesNotShow() {
    assertThat(upload(alice, "the same").statusCode()).isEqualTo(201);
    assertThat(upload(bob, "the same").statusCode()).isEqualTo(201);
    assertThat(upload(bob, "the same").statusCode()).isEqualTo(200);
  }

  @Test
  void aReaderReadsOnly() {
    assertThat(send(reader, service.to("/v1/compressions")).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = upload(reader, "a model");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("scope-missing");
    assertThat(send(reader, service.to("/v1/keys")).statusCode()).isEqualTo(403);
    assertThat(
            send(reader, service.to("/v1/compressions").header("X-HTTP-Method-Override", "DELETE"))
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void anOperatorSeesNobodysModels() {
    assertThat(send(admin, service.to("/v1/compressions")).statusCode()).isEqualTo(403);
    assertThat(send(admin, service.to("/v1/keys")).statusCode()).isEqualTo(200);
  }

  @Test
  void anOperatorMakesAndRevokesKeys() {
    HttpResponse<String> made =
        send(
            admin,
            service
                .to("/v1/keys")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        """
                        {"tenant": "carol", "name": "ci", "scopes": ["read"], "expiresIn": "PT1H"}
                        """)));
    assertThat(made.statusCode()).isEqualTo(201);
    String secret = made.body().replaceAll(".*\"secret\":\"([^\"]+)\".*", "$1");
    assertThat(send(secret, service.to("/v1/compressions")).statusCode()).isEqualTo(200);
    assertThat(send(admin, service.to("/v1/keys")).body()).contains("carol").doesNotContain(secret);
    String place = made.headers().firstValue("Location").orElseThrow();
    assertThat(send(admin, service.to(place).DELETE()).statusCode()).isEqualTo(200);
    assertThat(send(secret, service.to("/v1/compressions")).statusCode()).isEqualTo(401);
  }

  @Test
  void saysWhatIsWrongWithTheKeyThatIsAskedFor() {
    HttpResponse<String> answer =
        send(
            admin,
            service
                .to("/v1/keys")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"tenant\": \"no spaces\"}")));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("key-request-invalid");
  }

  @Test
  void routesThatNobodyNamedAreClosed() {
    assertThat(send(admin, service.to("/nowhere")).statusCode()).isEqualTo(403);
    assertThat(send(alice, service.to("/actuator/metrics")).statusCode()).isEqualTo(403);
    assertThat(service.send(service.to("/actuator/health")).statusCode()).isEqualTo(200);
  }

  @Test
  void otherOriginsGetNoAccess() {
    HttpResponse<String> preflight =
        service.send(
            service
                .to("/v1/models")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST"));
    assertThat(preflight.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void answersSayWhatBrowsersMayDoWithThem() {
    assertThat(send(alice, service.to("/v1/compressions")).headers().map())
        .containsKeys(
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy");
  }

  @Test
  void itIsWrittenDownWhoDidWhat() throws Exception {
    String place = upload(alice, "audited").headers().firstValue("Location").orElseThrow();
    upload(reader, "refused");
    service.send(service.to("/v1/compressions/canary"));
    String log = audit();
    assertThat(log)
        .contains("\"tenant\":\"alice\"")
        .contains("key:" + KeyToken.of(alice).orElseThrow().id())
        .contains("POST /v1/models")
        .contains(place.substring("/v1/models/".length()))
        .contains("\"status\":403")
        .contains("\"status\":401")
        .doesNotContain("canary")
        .doesNotContain(alice);
  }

  private static String audit() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("data/audit"))) {
      return files
          .map(file -> {
            try {
              return Files.readString(file);
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          })
          .collect(Collectors.joining());
    }
  }
}
