package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.Tenant;
import io.greenformers.service.TestService;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Browsers at a service with login. */
final class BrowserSessionsTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  @TempDir static Path directory;

  private static TestService service;

  @BeforeAll
  static void start() {
    service = TestService.start(directory, "--greenformers.access.login=true");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static KeyToken key(Scope... scopes) {
    return service
        .bean(ApiKeys.class)
        .create(new KeyRequest(new Tenant("alice"), "test", Set.of(scopes), Duration.ofDays(1)))
        .token();
  }

  private static HttpResponse<String> signIn(KeyToken key, String origin, String then) {
    String form =
        "key=%s&then=%s".formatted(key.secret(), URLEncoder.encode(then, StandardCharsets.UTF_8));
    return service.send(
        service
            .to("/console/sign-in")
            .header("Content-Type", FORM)
            .header("Origin", origin)
            .POST(BodyPublishers.ofString(form)));
  }

  private static String own() {
    return "http://127.0.0.1:" + service.port();
  }

  /** {@code name=value} of the cookie that a browser is given. */
  private static String cookie(KeyToken key) {
    String header = signIn(key, own(), "").headers().firstValue("Set-Cookie").orElseThrow();
    return header.substring(0, header.indexOf(';'));
  }

  private static HttpResponse<String> send(String cookie, HttpRequest.Builder request) {
    return service.send(request.header("Cookie", cookie));
  }

  @Test
  void theCookieIsOutOfReachOfScriptsAndOtherSites() {
    HttpResponse<String> answer = signIn(key(Scope.READ), own(), "/console/datasets");
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location").orElseThrow()).endsWith("/console/datasets");
    assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200")
        .doesNotContain("Secure");
  }

  @Test
  void behindHttpsTheCookieIsForHttpsOnly() {
    HttpResponse<String> answer =
        signIn(key(Scope.READ), "https://127.0.0.1:" + service.port(), "");
    assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).contains("Secure");
  }

  @ParameterizedTest
  @CsvSource({"https://evil.example", "//evil.example", "/v1/models", "javascript:alert(1)"})
  void signingInLeadsToNoOtherSite(String then) {
    assertThat(signIn(key(Scope.READ), own(), then).headers().firstValue("Location").orElseThrow())
        .endsWith("/console/models");
  }

  @Test
  void aBrowserMayWhatItsKeyMay() {
    String reader = cookie(key(Scope.READ));
    assertThat(send(reader, service.to("/v1/compressions")).statusCode()).isEqualTo(200);
    assertThat(send(reader, service.to("/console/models")).body())
        .contains("alice", "<h1>Models</h1>")
        .doesNotContain("type=\"file\"");
    assertThat(upload(reader, Optional.of("same-origin"), own()).statusCode()).isEqualTo(403);
    String operator = cookie(key(Scope.ADMIN));
    assertThat(send(operator, service.to("/console/models")).statusCode()).isEqualTo(403);
  }

  @Test
  void aRevokedKeyIsOutAtOnceAndSoIsWhoSignedOut() {
    KeyToken key = key(Scope.READ);
    String first = cookie(key);
    String second = cookie(key);
    send(
        first,
        service.to("/console/sign-out").header("Origin", own()).POST(BodyPublishers.noBody()));
    assertThat(send(first, service.to("/v1/compressions")).statusCode()).isEqualTo(401);
    assertThat(send(second, service.to("/v1/compressions")).statusCode()).isEqualTo(200);
    service.bean(ApiKeys.class).revoke(key.id());
    assertThat(send(second, service.to("/v1/compressions")).statusCode()).isEqualTo(401);
    HttpResponse<String> page = send(second, service.to("/console/datasets"));
    assertThat(page.statusCode()).isEqualTo(401);
    assertThat(page.body()).contains("value=\"/console/datasets\"", "type=\"password\"");
  }

  private static HttpResponse<String> upload(String cookie, Optional<String> site, String origin) {
    HttpRequest.Builder request =
        service
            .to("/v1/models")
            .header("Content-Type", "application/octet-stream")
            .header("Origin", origin)
            .POST(BodyPublishers.ofString("bytes"));
    site.ifPresent(value -> request.header("Sec-Fetch-Site", value));
    return send(cookie, request);
  }

  @Test
  void otherSitesChangeNothingWithTheCookie() {
    String cookie = cookie(key(Scope.READ, Scope.WRITE));
    assertThat(upload(cookie, Optional.of("cross-site"), "https://evil.example").body())
        .contains("foreign-page");
    assertThat(upload(cookie, Optional.of("same-site"), own()).statusCode()).isEqualTo(403);
    assertThat(upload(cookie, Optional.empty(), "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(upload(cookie, Optional.empty(), "null").statusCode()).isEqualTo(403);
    assertThat(upload(cookie, Optional.of("same-origin"), own()).statusCode()).isEqualTo(201);
    assertThat(upload(cookie, Optional.empty(), own()).statusCode()).isEqualTo(200);
  }

  /** To a link of another site the cookie is not sent, but to the page's own next request. */
  @Test
  void whoComesByALinkIsAskedForTheirCookieOnceMore() {
    HttpResponse<String> first =
        service.send(service.to("/console/models").header("Sec-Fetch-Site", "cross-site"));
    assertThat(first.statusCode()).isEqualTo(401);
    assertThat(first.body()).contains("http-equiv=\"refresh\"");
    HttpResponse<String> second =
        service.send(service.to("/console/models").header("Sec-Fetch-Site", "same-origin"));
    assertThat(second.body()).doesNotContain("http-equiv=\"refresh\"").contains("API key");
  }

  @Test
  void itIsWrittenDownWhoSignedIn() throws Exception {
    KeyToken key = key(Scope.READ);
    signIn(key, own(), "");
    try (Stream<Path> files = Files.list(directory.resolve("data/audit"))) {
      assertThat(files.toList())
          .anySatisfy(file ->
              assertThat(file)
                  .content()
                  .containsPattern("key:" + key.id() + ".*POST /console/sign-in")
                  .doesNotContain(key.secret()));
    }
  }

  @Test
  void otherSitesSignNobodyIn() {
    HttpResponse<String> answer = signIn(key(Scope.READ), "https://evil.example", "");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(answer.body()).contains("<h1>", "own pages");
  }
}
