package io.greenformers.client.snippets;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows does what it says. */
final class SnippetsTest {
  @RegisterExtension
  static final WireMockExtension SERVICE =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private static final String ID = "11111111-2222-3333-4444-555555555555";
  private static final String PLACE = "/v1/compressions/" + ID;

  /** Of the five bytes that stand for every file here. */
  private static final String SHA256 =
      "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4";

  @TempDir Path directory;

  private Path onnx;
  private GreenformersClient client;

  @BeforeEach
  void start() throws Exception {
    onnx = Files.writeString(directory.resolve("model.onnx"), "model");
    client = GreenformersClient.builder().baseUrl(SERVICE.baseUrl()).build();
    SERVICE.stubFor(post("/v1/models").willReturn(okJson(uploaded())));
    SERVICE.stubFor(post("/v1/datasets").willReturn(okJson(uploaded())));
    SERVICE.stubFor(post("/v1/compressions").willReturn(okJson(compression("QUEUED"))));
    SERVICE.stubFor(
        get(PLACE + "/events")
            .willReturn(aResponse().withBody("id: 1\ndata: " + compression("SUCCEEDED") + "\n\n")));
    SERVICE.stubFor(get(PLACE + "/artifacts/model.onnx").willReturn(aResponse().withBody("model")));
    SERVICE.stubFor(
        get(PLACE + "/artifacts/report.json").willReturn(okJson("{\"size\": {\"ratio\": 0.6}}")));
  }

  @Test
  void theWholeJobEndsWithAModel() {
    WholeJob.run(SERVICE.baseUrl(), onnx, directory.resolve("small"));
    assertThat(directory.resolve("small/model.onnx")).hasContent("model");
  }

  @Test
  void theReadmeShowsTheWholeJob() throws Exception {
    String shown = region("WholeJob");
    assertThat(Path.of("../README.md")).content().contains("```java\n" + shown + "\n```");
    assertThat(shown.lines().count()).isLessThanOrEqualTo(15);
  }

  private static String region(String snippet) throws Exception {
    return Files.readAllLines(
            Path.of("src/test/java/io/greenformers/client/snippets/%s.java".formatted(snippet)))
        .stream()
        .dropWhile(line -> !line.contains("@start"))
        .skip(1)
        .takeWhile(line -> !line.contains("@end"))
        .map(line -> line.replaceFirst("^ {4}", ""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void theListenerIsToldAndTheDocumentationShowsIt() throws Exception {
    List<String> log = new ArrayList<>();
    Observing.client(SERVICE.baseUrl(), log::add).uploadModel(onnx);
    assertThat(log).singleElement().asString().matches("/v1/models 200 \\d+ ms");
    assertThat(Path.of("../docs/java.md"))
        .content()
        .contains("```java\n" + region("Observing") + "\n```");
  }

  @Test
  void theAsynchronousJobEndsToo() {
    assertThat(Asynchronous.start(client, onnx).join().state())
        .isEqualTo(CompressionState.SUCCEEDED);
  }

  @Test
  void whoeverDoesNotWaitAnyMoreCancels() {
    SERVICE.stubFor(get(PLACE).willReturn(okJson(compression("RUNNING"))));
    SERVICE.stubFor(delete(PLACE).willReturn(okJson(compression("CANCELLED"))));
    assertThat(Cancelling.isDoneInTime(client, ID, Duration.ZERO)).isFalse();
    SERVICE.verify(1, deleteRequestedFor(urlEqualTo(PLACE)));
  }

  @Test
  void theRequestHasAllItsParts() throws Exception {
    for (String name : new String[] {"tokenizer.json", "train.tsv", "dev.tsv"}) {
      Files.writeString(directory.resolve(name), "model");
    }
    assertThat(Requests.of(client, "sha256:aa", directory).json())
        .contains("\"sizeRatio\":0.5", "\"train\":\"sha256:" + SHA256, "\"maxDuration\":\"1800s\"");
  }

  @Test
  void everyErrorHasItsBranch() {
    assertThat(Errors.outcome(client, onnx)).startsWith("uploaded sha256:");
    assertThat(Errors.outcome(client, directory.resolve("none"))).contains("NoSuchFile");
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(403)));
    assertThat(Errors.outcome(client, onnx)).isEqualTo("http-403");
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withBody("<html>")));
    assertThat(Errors.outcome(client, onnx)).startsWith("not to be trusted");
  }

  private static String uploaded() {
    return """
    {"id": "sha256:%s", "bytes": 5, "files": [], "createdAt": "2026-01-02T03:04:05Z"}
    """
        .formatted(SHA256);
  }

  private static String compression(String state) {
    return ("{\"id\": \"%s\", \"state\": \"%s\", \"createdAt\": \"2026-01-02T03:04:05Z\","
            + " \"artifacts\": [{\"name\": \"model.onnx\", \"bytes\": 5, \"sha256\": \"%s\","
            + " \"href\": \"%s/artifacts/model.onnx\"}]}")
        .formatted(ID, state, SHA256, PLACE);
  }
}
