package io.greenformers.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.TestService;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console where nobody signs in. */
final class OpenConsoleTest {
  /** Of a page with its style and scripts, uncompressed. */
  private static final int MOST_BYTES = 150_000;

  private static final List<String> ASSETS =
      List.of(
          "console.css",
          "console.js",
          "follow.js",
          "look.js",
          "problem.js",
          "scroll.js",
          "slide.js",
          "transfer.js",
          "upload.js",
          "leaf.svg");

  @TempDir static Path directory;

  private static TestService service;

  @BeforeAll
  static void start() {
    service = TestService.start(directory);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static HttpResponse<String> get(String path) {
    return service.send(service.to(path));
  }

  @Test
  void leadsToTheModelsWithoutSigningIn() {
    HttpResponse<String> home = get("/");
    assertThat(home.headers().firstValue("Location").orElseThrow()).endsWith("/console/models");
    assertThat(get("/console/models").body())
        .contains("No models yet", "type=\"file\"")
        .doesNotContain("Sign out");
    assertThat(get("/console/sign-in").statusCode()).isEqualTo(302);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"models", "datasets", "compressions", "compressions/new", "compressions/compare"})
  void hasNothingInlineAndIsSmall(String page) {
    HttpResponse<String> answer = get("/console/" + page);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
        .doesNotContain("unsafe");
    assertThat(answer.body())
        .doesNotContain(" style=", " onclick=")
        .doesNotContainPattern("<script>");
    int assets =
        ASSETS.stream().mapToInt(name -> get("/console/assets/" + name).body().length()).sum();
    assertThat(assets + answer.body().length()).isLessThan(MOST_BYTES);
  }

  @Test
  void errorsArePagesForPeopleAndProblemsForPrograms() {
    HttpResponse<String> page = get("/console/compressions/00000000-0000-0000-0000-000000000000");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.body()).contains("<h1>Compression not found</h1>");
    HttpResponse<String> problem = get("/v1/compressions/00000000-0000-0000-0000-000000000000");
    assertThat(problem.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void formsOfOtherPagesAreRefused() {
    HttpResponse<String> unsaid =
        service.send(service.to("/console/compressions/x/cancel").POST(BodyPublishers.noBody()));
    assertThat(unsaid.statusCode()).isEqualTo(403);
    assertThat(unsaid.body()).contains("own pages");
  }

  @Test
  void aFormWithoutFilesSaysWhatIsExpected() {
    HttpResponse<String> answer =
        service.send(
            service
                .to("/console/models")
                .header("Content-Type", "multipart/form-data; boundary=part")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofString("--part--\r\n")));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("role=\"alert\"", ".onnx");
  }
}
