package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static io.greenformers.client.Documents.artifact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DownloadsTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final int BYTES = 5 << 20;
  private static final int CUT = 4_000_001;

  @TempDir Path directory;

  private final byte[] content = new byte[BYTES];
  private Artifact model;
  private Path target;
  private final List<Transfer> told = new ArrayList<>();
  private final GreenformersClient client =
      SERVICE.client(GreenformersClient.builder().transferListener(told::add));

  @BeforeEach
  void fill() {
    new Random(StubbedService.SEED).nextBytes(content);
    model = artifact("model.onnx", content);
    target = directory.resolve("m");
  }

  @Test
  void theFileAppearsWholeAndAlone() throws Exception {
    SERVICE.stubFor(get("/a").willReturn(aResponse().withBody(content)));
    Path below = directory.resolve("new/model.onnx");
    assertThat(client.download(model, below)).isEqualTo(below);
    assertThat(below).hasBinaryContent(content);
    assertAlone(below);
  }

  @Test
  void isToldHowFarItIs() {
    SERVICE.stubFor(get("/a").willReturn(aResponse().withBody(content)));
    client.download(model, target);
    assertThat(told).extracting(Transfer::bytes).isSorted().startsWith(0L).endsWith((long) BYTES);
    assertThat(told).hasSize(3);
    assertThat(told.get(0)).isEqualTo(new Transfer(Transfer.Direction.DOWNLOAD, target, 0, BYTES));
    assertThat(told.get(told.size() - 1).fraction()).isOne();
  }

  @Test
  void aBodyThatBreaksOffGoesOnWhereItWas() throws Exception {
    try (BreakingService breaking = new BreakingService(content, CUT);
        GreenformersClient patient = client.toBuilder().baseUrl(breaking.url()).build()) {
      patient.download(model, target);
      assertThat(target).hasBinaryContent(content);
      assertThat(breaking.ranges()).hasSize(2);
      assertThat(breaking.ranges().get(1))
          .matches("bytes=[1-9][0-9]*-\"%s\"".formatted(model.sha256()));
    }
  }

  @Test
  void aDownloadOfAnotherProcessGoesOnWhereTheLastOneWas() throws Exception {
    try (BreakingService breaking = new BreakingService(content, CUT);
        GreenformersClient patient = client.toBuilder().baseUrl(breaking.url()).build();
        GreenformersClient first = patient.toBuilder().retries(RetryPolicy.NEVER).build()) {
      assertThatThrownBy(() -> first.download(model, target))
          .isInstanceOf(GreenformersIoException.class);
      assertThat(target).doesNotExist();
      told.clear();
      patient.download(model, target);
      assertThat(target).hasBinaryContent(content);
      assertAlone(target);
      assertThat(told.get(0).bytes()).isPositive();
      assertThat(breaking.ranges()).hasSize(2);
    }
  }

  @Test
  void whatWasChangedMeanwhileComesWhole() throws Exception {
    Files.write(partial(model), Arrays.copyOf(content, CUT));
    SERVICE.stubFor(
        get("/a")
            .withHeader("Range", equalTo("bytes=%d-".formatted(CUT)))
            .willReturn(aResponse().withBody(content)));
    client.download(model, target);
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void aRestThatBeginsElsewhereIsNotGluedOn() throws Exception {
    Files.write(partial(model), Arrays.copyOf(content, CUT));
    SERVICE.stubFor(
        get("/a")
            .withHeader("Range", equalTo("bytes=%d-".formatted(CUT)))
            .willReturn(
                aResponse()
                    .withStatus(206)
                    .withHeader("Content-Range", "bytes 0-%d/%d".formatted(BYTES - 1, BYTES))
                    .withBody(content)));
    client.download(model, target);
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void aRestOfBytesThatWereSpoiltIsNoticed() throws Exception {
    Files.write(partial(model), new byte[BYTES]);
    assertThatThrownBy(() -> client.download(model, target))
        .isInstanceOf(InvalidDataException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "byte", "bytes and more", ""})
  void nothingIsLeftOfOtherBytes(String body) throws Exception {
    SERVICE.stubFor(get("/a").willReturn(aResponse().withBody(body)));
    Artifact artifact = artifact("model.onnx", "bytes");
    assertThatThrownBy(() -> client.download(artifact, directory.resolve("m")))
        .isInstanceOf(InvalidDataException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void anEmptyFileNeedsNoRequest() {
    client.download(artifact("empty", ""), target);
    assertThat(target).isEmptyFile();
    SERVICE.verify(0, getRequestedFor(anyUrl()));
  }

  @Test
  void twoDownloadsDoNotWriteTheSameFile() throws Exception {
    Artifact artifact = artifact("model.onnx", "bytes");
    Path partial = directory.resolve(".m.%s.partial".formatted(artifact.sha256().substring(0, 16)));
    try (FileChannel other =
            FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = other.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> client.download(artifact, directory.resolve("m")))
          .isInstanceOf(GreenformersIoException.class)
          .hasMessageContaining("another download");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escaped", "/etc/passwd", "", "."})
  void artifactsStayInTheirDirectory(String name) {
    Compression hostile =
        new Compression(
            Documents.ID,
            CompressionState.SUCCEEDED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            List.of(artifact(name, "bytes")));
    assertThatThrownBy(() -> client.downloadAll(hostile, directory))
        .isInstanceOf(InvalidDataException.class);
    SERVICE.verify(0, getRequestedFor(anyUrl()));
  }

  @Test
  void theKeyGoesNowhereElse() {
    Artifact elsewhere = new Artifact("a", 5, artifact("a", "bytes").sha256(), "@evil.example/a");
    assertThatThrownBy(() -> client.download(elsewhere, directory.resolve("m")))
        .isInstanceOf(InvalidDataException.class);
  }

  private Path partial(Artifact artifact) {
    return directory.resolve(".m.%s.partial".formatted(artifact.sha256().substring(0, 16)));
  }

  private static void assertAlone(Path file) throws Exception {
    try (var files = Files.list(file.resolveSibling(""))) {
      assertThat(files).containsExactly(file);
    }
  }
}
