package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What came of a request: its head at once, its bytes as they are read. Whoever has it closes it.
 */
record Answer(HttpResponse<InputStream> head, InputStream body) implements AutoCloseable {

  /**
   * Watches over an answer.
   *
   * @param silence how long its next byte may take
   */
  static Answer of(HttpResponse<InputStream> response, Duration silence) {
    return new Answer(response, new WatchedBody(response.body(), silence));
  }

  int status() {
    return head.statusCode();
  }

  Optional<String> header(String name) {
    return head.headers().firstValue(name);
  }

  /**
   * Reads it as UTF-8.
   *
   * @param most bytes; the rest is left
   */
  String text(int most) throws IOException {
    return new String(body.readNBytes(most), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
