package io.greenformers.engine.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file of texts as examples.
 *
 * @param format how it holds them; found by itself where it is empty
 * @param task what a row has to hold
 * @param labelled whether every row must have a label, where the task has labels
 */
record ExampleFile(
    Path file, Optional<TextFormat> format, TextColumns columns, TextTask task, boolean labelled) {

  /**
   * Reads all of it, in the memory of one row.
   *
   * @param examples is given every text, in the order of the file
   * @throws InvalidDatasetException if it cannot be read, or any row cannot be used
   */
  void forEach(Consumer<TextExample> examples) {
    try {
      TextFormat found =
          format.isPresent() ? format.get() : FormatSniffer.find(file, columns, needsColumns());
      BadRows bad = new BadRows(found == TextFormat.PARQUET ? "row" : "line");
      try (RowReader rows = RowReader.open(file, found)) {
        Optional<Row> row = rows.next();
        if (row.isEmpty()) {
          throw empty();
        }
        ColumnGuess used = ColumnGuess.of(rows.columns(), columns, task, labelled);
        RowExamples reader = new RowExamples(used, task, bad);
        for (; row.isPresent(); row = rows.next()) {
          reader.example(row.get()).ifPresent(examples);
        }
      }
      bad.refuse("dataset-rows-invalid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Plain text has none. */
  private boolean needsColumns() {
    return switch (task) {
      case CLASSIFICATION, REGRESSION -> labelled;
      case TOKEN_CLASSIFICATION, EMBEDDING -> true;
      case MASKED_LANGUAGE, CAUSAL_LANGUAGE, NONE -> false;
    };
  }

  static InvalidDatasetException empty() {
    return new InvalidDatasetException(
        "dataset-empty", "the dataset: expected at least one text, found none");
  }
}
