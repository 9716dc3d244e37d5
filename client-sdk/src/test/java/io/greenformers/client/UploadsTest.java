package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.greenformers.client.Documents.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UploadsTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final String UPLOAD = "/v1/uploads/22222222-3333-4444-5555-666666666666";
  private static final long CHUNK = 8L << 20;
  private static final long BYTES = 2 * CHUNK + 5;

  @TempDir static Path directory;

  private static Path large;
  private static String sha256;

  private final List<Transfer> told = new ArrayList<>();
  private final GreenformersClient client =
      SERVICE.client(GreenformersClient.builder().transferListener(told::add));

  @BeforeAll
  static void fill() throws Exception {
    byte[] content = new byte[(int) BYTES];
    new Random(StubbedService.SEED).nextBytes(content);
    large = Files.write(directory.resolve("large.txt"), content);
    sha256 = Documents.sha256(content);
  }

  @Test
  void aSmallModelIsOneRequestWithItsDigest() throws Exception {
    Path model = Files.writeString(directory.resolve("m.onnx"), "model");
    SERVICE.stubFor(
        post("/v1/models")
            .willReturn(okJson(Documents.model(Documents.sha256(bytes("model")))).withStatus(201)));
    assertThat(client.uploadModel(model).id()).isEqualTo("sha256:aa");
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/models"))
            .withHeader(
                "Content-Digest",
                // printf model | openssl dgst -sha256 -binary | base64
                equalTo("sha-256=:k3LEcO6t1ezZw8dMKzy2M/ji8vrXmSUKD3DWUra4JeQ=:"))
            .withRequestBody(binaryEqualTo(bytes("model"))));
    assertThat(told)
        .containsExactly(
            new Transfer(Transfer.Direction.UPLOAD, model, 0, 5),
            new Transfer(Transfer.Direction.UPLOAD, model, 5, 5));
  }

  @Test
  void smallExternalDataArePartsOfOneRequest() throws Exception {
    Path model = Files.writeString(directory.resolve("m.onnx"), "model");
    Path data = Files.writeString(directory.resolve("weights"), "weights");
    SERVICE.stubFor(
        post("/v1/models").willReturn(okJson(Documents.model(Documents.sha256(bytes("model"))))));
    client.uploadModel(model, Map.of("sub/weights.bin", data));
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/models"))
            .withHeader("Content-Type", matching("multipart/form-data; boundary=.+"))
            .withRequestBody(containing("filename=\"model.onnx\""))
            .withRequestBody(containing("filename=\"sub/weights.bin\""))
            .withRequestBody(containing("\r\n\r\nweights\r\n")));
  }

  @Test
  void aServiceThatHasOtherBytesIsNotBelieved() throws Exception {
    Path model = Files.writeString(directory.resolve("m.onnx"), "model");
    SERVICE.stubFor(
        post(anyUrl()).willReturn(okJson(Documents.model(Documents.sha256(bytes("else"))))));
    assertThatThrownBy(() -> client.uploadModel(model))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("m.onnx");
    SERVICE.stubFor(
        post(anyUrl()).willReturn(okJson(Documents.dataset(Documents.sha256(bytes("else"))))));
    assertThatThrownBy(() -> client.uploadDataset(model)).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void aFileThatIsNotThereIsAnIoException() {
    assertThatThrownBy(() -> client.uploadModel(directory.resolve("none")))
        .isInstanceOf(GreenformersIoException.class)
        .hasCauseInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aLargeFileIsSentInChunksAndNamedByItsContent() throws Exception {
    begins();
    SERVICE.answers(() -> head(urlEqualTo(UPLOAD)), at(200, 0));
    SERVICE.answers(UploadsTest::chunk, at(204, CHUNK), at(204, 2 * CHUNK), at(204, BYTES));
    finishes();
    assertThat(client.uploadDataset(large).id()).isEqualTo("sha256:" + sha256);
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/uploads"))
            .withHeader("Upload-Length", equalTo(Long.toString(BYTES)))
            .withHeader(
                "Upload-Metadata",
                equalTo("sha256 " + Base64.getEncoder().encodeToString(bytes(sha256)))));
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/datasets"))
            .withRequestBody(
                equalToJson("{\"upload\": \"22222222-3333-4444-5555-666666666666\"}")));
    assertThat(told).extracting(Transfer::bytes).containsExactly(0L, CHUNK, 2 * CHUNK, BYTES);
  }

  /** No memory of the first process is needed: the service finds the upload by its content. */
  @Test
  void aFileThatAnotherProcessBeganGoesOn() throws Exception {
    begins();
    SERVICE.answers(() -> head(urlEqualTo(UPLOAD)), at(200, 2 * CHUNK));
    SERVICE.answers(UploadsTest::chunk, at(204, BYTES));
    finishes();
    client.uploadDataset(large);
    SERVICE.verify(1, patchRequestedFor(urlEqualTo(UPLOAD)));
    SERVICE.verify(
        patchRequestedFor(urlEqualTo(UPLOAD))
            .withHeader("Upload-Offset", equalTo(Long.toString(2 * CHUNK))));
    assertThat(told).extracting(Transfer::bytes).containsExactly(0L, 2 * CHUNK, BYTES);
  }

  @Test
  void afterABrokenConnectionTheServiceSaysWhereToGoOn() throws Exception {
    begins();
    SERVICE.answers(
        () -> head(urlEqualTo(UPLOAD)),
        at(200, 0),
        // it has not noticed yet that the sender is gone
        aResponse().withStatus(423),
        at(200, CHUNK + 1));
    SERVICE.answers(
        UploadsTest::chunk,
        at(204, CHUNK),
        aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
        at(204, BYTES));
    finishes();
    client.uploadDataset(large);
    assertThat(SERVICE.pauses()).hasSize(2);
    SERVICE.verify(
        patchRequestedFor(urlEqualTo(UPLOAD))
            .withHeader("Upload-Offset", equalTo(Long.toString(CHUNK + 1))));
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 460, 429, 500, 503})
  void aChunkThatIsNotTakenIsAskedForAndSentAgain(int status) throws Exception {
    begins();
    SERVICE.answers(() -> head(urlEqualTo(UPLOAD)), at(200, 2 * CHUNK));
    SERVICE.answers(UploadsTest::chunk, aResponse().withStatus(status), at(204, BYTES));
    finishes();
    client.uploadDataset(large);
    assertThat(SERVICE.pauses()).hasSize(1);
  }

  @Test
  void aChunkThatIsNeverTakenIsGivenUp() throws Exception {
    begins();
    SERVICE.answers(() -> head(urlEqualTo(UPLOAD)), at(200, 2 * CHUNK));
    SERVICE.answers(UploadsTest::chunk, aResponse().withStatus(460));
    assertThatThrownBy(() -> client.uploadDataset(large))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.status()).isEqualTo(460));
    SERVICE.verify(1 + StubbedService.POLICY.most(), patchRequestedFor(urlEqualTo(UPLOAD)));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 413, 507})
  void aChunkThatIsRefusedIsSentOnce(int status) throws Exception {
    begins();
    SERVICE.answers(() -> head(urlEqualTo(UPLOAD)), at(200, 2 * CHUNK));
    SERVICE.answers(UploadsTest::chunk, aResponse().withStatus(status));
    assertThatThrownBy(() -> client.uploadDataset(large)).isInstanceOf(ServiceException.class);
    SERVICE.verify(1, patchRequestedFor(urlEqualTo(UPLOAD)));
  }

  private static void begins() {
    SERVICE.stubFor(
        post("/v1/uploads").willReturn(aResponse().withStatus(201).withHeader("Location", UPLOAD)));
  }

  private static void finishes() {
    SERVICE.stubFor(post("/v1/datasets").willReturn(okJson(Documents.dataset(sha256))));
  }

  private static MappingBuilder chunk() {
    return patch(urlEqualTo(UPLOAD))
        .withHeader("Tus-Resumable", equalTo("1.0.0"))
        .withHeader("Upload-Checksum", matching("sha256 [A-Za-z0-9+/=]{44}"));
  }

  private static ResponseDefinitionBuilder at(int status, long offset) {
    return aResponse().withStatus(status).withHeader("Upload-Offset", Long.toString(offset));
  }
}
