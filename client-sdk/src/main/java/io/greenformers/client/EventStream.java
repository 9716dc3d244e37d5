package io.greenformers.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads server-sent events (WHATWG HTML, section 9.2). Not thread-safe. */
final class EventStream implements AutoCloseable {
  private final BufferedReader lines;
  private String lastId;

  EventStream(InputStream body, String lastId) {
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    this.lastId = lastId;
  }

  /** The id of the newest event: where to go on after the connection broke. */
  String lastId() {
    return lastId;
  }

  /** The data of the next event; empty at the end of the stream. */
  Optional<String> next() throws IOException {
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && data.length() > 0) {
        return Optional.of(data.substring(1));
      } else if (line.startsWith("data:")) {
        data.append('\n').append(value(line));
      } else if (line.startsWith("id:")) {
        lastId = value(line);
      }
    }
    return Optional.empty();
  }

  private static String value(String line) {
    String value = line.substring(line.indexOf(':') + 1);
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
