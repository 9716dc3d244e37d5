package io.greenformers.spring;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;

/** The example application, compiled as it lies there, does what its page says. */
final class ExampleTest {
  @RegisterExtension
  static final WireMockExtension SERVICE =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private static final Path EXAMPLE = Path.of("../examples/spring-boot");
  private static final String ID = "11111111-2222-3333-4444-555555555555";
  private static final String PLACE = "/v1/compressions/" + ID;

  /** Of the five bytes that stand for every file here. */
  private static final String SHA256 =
      "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4";

  @TempDir static Path directory;

  private static Path model;

  @BeforeAll
  static void compile() throws Exception {
    model = Files.writeString(directory.resolve("model.onnx"), "model");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release",
                "17",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory.resolve("classes").toString()));
    try (Stream<Path> files = Files.walk(EXAMPLE.resolve("src/main/java"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
  }

  @Test
  void compressesAModelAtTheService() throws Exception {
    serve("SUCCEEDED");
    run(model.toString(), directory.resolve("small").toString());
    assertThat(directory.resolve("small/model.onnx")).hasContent("model");
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/compressions"))
            .withRequestBody(equalToJson("{\"budget\": {\"sizeRatio\": 0.6}}", true, true)));
  }

  @Test
  void failsWhereThereIsNoModel() {
    serve("REFUSED");
    assertThatThrownBy(() -> run(model.toString(), directory.resolve("none").toString()))
        .hasMessageContaining("REFUSED: it is no model");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void itsPomNamesThisStarterAndItsSpringBoot() throws Exception {
    String ours = Files.readString(Path.of("../pom.xml"));
    assertThat(EXAMPLE.resolve("pom.xml"))
        .content()
        .contains(
            "<artifactId>greenformers-spring-boot-starter</artifactId>\n      <version>%s<"
                .formatted(first(ours, "<version>(.+?)</version>")),
            "<artifactId>spring-boot-starter-parent</artifactId>\n    <version>%s<"
                .formatted(first(ours, "<spring-boot.version>(.+?)</spring-boot.version>")));
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static void run(String... paths) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(paths));
    arguments.add("--greenformers.client.url=" + SERVICE.baseUrl());
    URL[] places = {
      directory.resolve("classes/").toUri().toURL(),
      EXAMPLE.resolve("src/main/resources/").toUri().toURL()
    };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(places, before)) {
      thread.setContextClassLoader(loader);
      SpringApplication.run(
              loader.loadClass("com.example.compressor.CompressorApplication"),
              arguments.toArray(String[]::new))
          .close();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void serve(String state) {
    SERVICE.stubFor(post("/v1/models").willReturn(okJson(uploaded())));
    SERVICE.stubFor(post("/v1/compressions").willReturn(okJson(compression("QUEUED"))));
    SERVICE.stubFor(
        get(PLACE + "/events")
            .willReturn(aResponse().withBody("id: 1\ndata: " + compression(state) + "\n\n")));
    SERVICE.stubFor(get(PLACE + "/artifacts/model.onnx").willReturn(aResponse().withBody("model")));
    SERVICE.stubFor(
        get(PLACE + "/artifacts/report.json").willReturn(okJson("{\"size\": {\"ratio\": 0.6}}")));
  }

  private static String uploaded() {
    return """
    {"id": "sha256:%s", "bytes": 5, "files": [], "createdAt": "2026-01-02T03:04:05Z"}
    """
        .formatted(SHA256);
  }

  private static String compression(String state) {
    return ("{\"id\": \"%s\", \"state\": \"%s\", \"message\": \"it is no model\","
            + " \"createdAt\": \"2026-01-02T03:04:05Z\","
            + " \"artifacts\": [{\"name\": \"model.onnx\", \"bytes\": 5, \"sha256\": \"%s\","
            + " \"href\": \"%s/artifacts/model.onnx\"}]}")
        .formatted(ID, state, SHA256, PLACE);
  }
}
