package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.TestService;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service where nobody logs in. */
final class OpenServiceTest {
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

  @Test
  void everyoneOnThisMachineMayDoEverything() {
    assertThat(service.send(service.to("/v1/compressions")).statusCode()).isEqualTo(200);
    assertThat(service.send(service.to("/v1/keys")).statusCode()).isEqualTo(200);
  }

  /** A page at evil.example whose name resolves to 127.0.0.1 could read all answers. */
  @Test
  void aNameThatResolvesToLoopbackIsNotEnough() throws Exception {
    assertThat(statusLine("Host: evil.example:%d\r\n".formatted(service.port()))).contains("403");
    assertThat(statusLine("Host: localhost:%d\r\n".formatted(service.port()))).contains("200");
  }

  @Test
  void everyAnswerHasANameOfItsOwn() {
    String first = requestId("/v1/compressions");
    assertThat(first).isNotEqualTo(requestId("/v1/compressions")).isNotEqualTo("mine");
    assertThat(requestId("/nowhere")).isNotEmpty();
  }

  private static String requestId(String path) {
    return service
        .send(service.to(path).header("X-Request-Id", "mine"))
        .headers()
        .firstValue("X-Request-Id")
        .orElseThrow();
  }

  /** A form of any page can post here. */
  @Test
  void otherPagesMaySendNothing() {
    assertThat(
            service
                .send(service.to("/v1/compressions").header("Origin", "https://evil.example"))
                .statusCode())
        .isEqualTo(403);
    assertThat(
            service
                .send(
                    service
                        .to("/v1/compressions")
                        .header("Origin", "http://127.0.0.1:" + service.port()))
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void doesNotStartWhereOthersCouldReachIt(String address, @TempDir Path other) {
    assertThatThrownBy(() -> TestService.start(other, "--server.address=" + address).close())
        .rootCause()
        .isInstanceOf(OpenBindingException.class)
        .hasMessageContaining("greenformers.access.login=true")
        .hasMessageContaining("greenformers keys create");
  }

  @Test
  void thePortOfOperatorsIsNoWayAround(@TempDir Path other) {
    assertThatThrownBy(() -> TestService.start(other, "--management.server.port=0").close())
        .rootCause()
        .isInstanceOf(OpenBindingException.class)
        .hasMessageContaining("management.server.address");
  }

  @Test
  void anIssuerNeedsAnAudience(@TempDir Path other) {
    assertThatThrownBy(() ->
            TestService.start(
                    other,
                    "--greenformers.access.login=true",
                    "--greenformers.access.issuer=https://issuer.example")
                .close())
        .rootCause()
        .hasMessageContaining("greenformers.access.audience");
  }

  private static String statusLine(String host) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/compressions HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }
}
