package io.greenformers.engine.data;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads a dataset row by row, in the memory of one row. */
interface RowReader extends AutoCloseable {
  /** A damaged file can keep a library busy for ever. */
  Duration PATIENCE = Duration.ofMinutes(1);

  /** The columns, in the order of the file. */
  List<String> columns();

  /**
   * The next row; empty at the end.
   *
   * @throws InvalidDatasetException if the rest cannot be read
   */
  Optional<Row> next() throws IOException;

  @Override
  void close() throws IOException;

  static RowReader open(Path file, TextFormat format) throws IOException {
    return switch (format) {
      case TEXT -> new PlainRows(file);
      case CSV -> new CsvRows(file);
      case TSV -> new TsvRows(file);
      case JSONL -> new JsonRows(file);
      case PARQUET -> new WatchedRows(() -> new ParquetRows(file), PATIENCE);
    };
  }
}
