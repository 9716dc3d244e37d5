package io.greenformers.engine.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One text per line. */
final class PlainRows implements RowReader {
  private static final String TEXT = "text";

  private final Lines lines;

  PlainRows(Path file) throws IOException {
    this.lines = new Lines(file);
  }

  @Override
  public List<String> columns() {
    return List.of(TEXT);
  }

  @Override
  public Optional<Row> next() throws IOException {
    Optional<String> line = lines.next();
    while (line.filter(String::isBlank).isPresent()) {
      line = lines.next();
    }
    return line.map(text -> new Row.Fields(lines.number(), Map.of(TEXT, text)));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
