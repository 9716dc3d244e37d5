package io.greenformers.engine.data;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.row.PqList;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a Parquet file: columns of strings and numbers, and of lists of them; others are passed
 * over. Page by page, so that a row group need not fit into memory.
 */
final class ParquetRows implements RowReader {
  private final ParquetFileReader file;
  private final dev.hardwood.reader.RowReader rows;
  private final List<String> columns;
  private long row;

  ParquetRows(Path path) throws IOException {
    this.file = opened(path);
    try {
      this.columns =
          parsed(() ->
              file.getFileSchema().getRootNode().children().stream()
                  .map(SchemaNode::name)
                  .toList());
      this.rows = parsed(file::rowReader);
    } catch (InvalidDatasetException e) {
      file.close();
      throw e;
    }
  }

  private static ParquetFileReader opened(Path path) {
    try {
      return ParquetFileReader.open(InputFile.of(path));
    } catch (IOException | RuntimeException e) {
      throw malformed("its footer", e);
    }
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public Optional<Row> next() {
    return parsed(() -> {
      if (!rows.hasNext()) {
        return Optional.empty();
      }
      rows.next();
      row++;
      return Optional.of(fields());
    });
  }

  private Row fields() {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      String column = columns.get(i);
      Object value = rows.isNull(i) ? null : rows.getValue(i);
      if (value instanceof PqList list) {
        strings(list).ifPresent(s -> lists.put(column, s));
      } else {
        string(value).ifPresent(s -> values.put(column, s));
      }
    }
    return new Row.Fields(row, values, lists);
  }

  /** A null in a list is an empty string, which is no word and no tag; other lists are none. */
  private static Optional<List<String>> strings(PqList list) {
    List<String> strings = new ArrayList<>(list.size());
    for (Object value : list.values()) {
      Optional<String> string = value == null ? Optional.of("") : string(value);
      if (string.isEmpty()) {
        return Optional.empty();
      }
      strings.add(string.get());
    }
    return Optional.of(strings);
  }

  private static Optional<String> string(@Nullable Object value) {
    return switch (value) {
      case String s -> Optional.of(s);
      case Number n -> Optional.of(n.toString());
      case Boolean b -> Optional.of(b ? "1" : "0");
      // old writers do not say that bytes are text
      case byte[] bytes -> text(bytes);
      case null, default -> Optional.empty();
    };
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Whatever the library throws, the file is to blame: it holds what it should not. */
  private <T> T parsed(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      throw malformed("row %d".formatted(row + 1), e);
    }
  }

  private static InvalidDatasetException malformed(String place, Exception cause) {
    return new InvalidDatasetException(
        "dataset-malformed",
        "the dataset, %s: expected Parquet, whole, uncompressed or compressed with snappy or gzip, found: %s"
            .formatted(place, Quoted.of(String.valueOf(cause.getMessage()))),
        cause);
  }

  @Override
  public void close() throws IOException {
    try (file) {
      rows.close();
    }
  }
}
