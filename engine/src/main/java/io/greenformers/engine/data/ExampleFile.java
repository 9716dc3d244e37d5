package io.greenformers.engine.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A file of texts as examples.
 *
 * @param format how it holds them; found by itself where it is empty
 * @param labelled whether every text must have a label
 */
record ExampleFile(Path file, Optional<TextFormat> format, TextColumns columns, boolean labelled) {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?\\d{1,9}(\\.0*)?");

  /**
   * Reads all of it, in the memory of one row.
   *
   * @param examples is given every text, in the order of the file
   * @throws InvalidDatasetException if it cannot be read, or any row cannot be used
   */
  void forEach(Consumer<TextExample> examples) {
    BadRows bad = new BadRows();
    try {
      TextFormat found =
          format.isPresent() ? format.get() : FormatSniffer.find(file, columns, labelled);
      try (RowReader rows = RowReader.open(file, found)) {
        Optional<Row> row = rows.next();
        if (row.isEmpty()) {
          throw empty();
        }
        ColumnGuess used = ColumnGuess.of(rows.columns(), columns, labelled);
        for (boolean first = true; row.isPresent(); row = rows.next(), first = false) {
          example(row.get(), used, bad, first).ifPresent(examples);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bad.refuse("dataset-rows-invalid");
  }

  static InvalidDatasetException empty() {
    return new InvalidDatasetException(
        "dataset-empty", "the dataset: expected at least one text, found none");
  }

  private static Optional<TextExample> example(
      Row row, ColumnGuess used, BadRows bad, boolean first) {
    return switch (row) {
      case Row.Broken(long line, String problem) -> {
        bad.add(line, problem);
        yield Optional.empty();
      }
      case Row.Fields fields -> example(fields, used, bad, first);
    };
  }

  private static Optional<TextExample> example(
      Row.Fields row, ColumnGuess used, BadRows bad, boolean first) {
    Optional<String> text = text(row, used.text(), bad);
    Optional<String> pair = used.pair().flatMap(column -> text(row, column, bad));
    Optional<Integer> label = used.label().flatMap(column -> label(row, column, bad, first));
    boolean whole =
        text.isPresent()
            && pair.isPresent() == used.pair().isPresent()
            && label.isPresent() == used.label().isPresent();
    return whole ? text.map(t -> new TextExample(row.line(), t, pair, label)) : Optional.empty();
  }

  private static Optional<String> text(Row.Fields row, String column, BadRows bad) {
    String text = row.values().getOrDefault(column, "").strip();
    if (text.isEmpty()) {
      bad.add(row.line(), "column %s: expected a text, found none".formatted(Quoted.of(column)));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private static Optional<Integer> label(
      Row.Fields row, String column, BadRows bad, boolean first) {
    String label = row.values().getOrDefault(column, "").strip();
    if (WHOLE_NUMBER.matcher(label).matches()) {
      int value = (int) Double.parseDouble(label);
      if (value >= 0) {
        return Optional.of(value);
      }
    } else if (first && !label.isEmpty() && !isMissing(label)) {
      throw new InvalidDatasetException(
          "dataset-labels-are-names",
          "the dataset, line %d, column %s: expected the index of a class, from 0, found %s; write 0, 1, … in the order of the model's outputs"
              .formatted(row.line(), Quoted.of(column), Quoted.of(label)));
    }
    bad.add(
        row.line(),
        "column %s: expected the index of a class, from 0, found %s"
            .formatted(Quoted.of(column), label.isEmpty() ? "none" : Quoted.of(label)));
    return Optional.empty();
  }

  /** As programs that write tables say that there is nothing. */
  private static boolean isMissing(String label) {
    return switch (label.toLowerCase(Locale.ROOT)) {
      case "nan", "na", "n/a", "null", "none" -> true;
      default -> Pattern.matches("[-+]?[\\d.]+([eE][-+]?\\d+)?", label);
    };
  }
}
