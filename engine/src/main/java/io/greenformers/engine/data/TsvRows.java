package io.greenformers.engine.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fields separated by tabs, one row per line.
 *
 * <p>Most such files know no quoting, so that a quotation mark at the beginning of a sentence is
 * one; a field is taken out of quotes only where the whole of it is well-formed, since a reader
 * that waits for the closing mark on a later line would silently merge rows.
 */
final class TsvRows implements RowReader {
  private final Lines lines;
  private final Header header;

  TsvRows(Path file) throws IOException {
    this.lines = new Lines(file);
    this.header = new Header(split(lines.next().orElse("")));
  }

  @Override
  public List<String> columns() {
    return header.names();
  }

  @Override
  public Optional<Row> next() throws IOException {
    Optional<String> line = lines.next();
    while (line.filter(String::isEmpty).isPresent()) {
      line = lines.next();
    }
    return line.map(text -> header.row(lines.number(), split(text)));
  }

  static List<String> split(String line) {
    List<String> fields = new ArrayList<>();
    int from = 0;
    for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
      fields.add(unquoted(line.substring(from, tab)));
      from = tab + 1;
    }
    fields.add(unquoted(line.substring(from)));
    return fields;
  }

  private static String unquoted(String field) {
    if (field.length() < 2 || !field.startsWith("\"") || !field.endsWith("\"")) {
      return field;
    }
    String inside = field.substring(1, field.length() - 1);
    String withoutPairs = inside.replace("\"\"", "");
    return withoutPairs.contains("\"") ? field : inside.replace("\"\"", "\"");
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
