package io.greenformers.engine.data;

import java.util.List;
import java.util.Optional;

/** Rows as examples of a task; those that are none go to the bad ones. */
final class RowExamples {
  private final ColumnGuess used;
  private final TextTask task;
  private final BadRows bad;
  private final LabelReader labels;

  RowExamples(ColumnGuess used, TextTask task, BadRows bad) {
    this.used = used;
    this.task = task;
    this.bad = bad;
    this.labels = new LabelReader(task, bad);
  }

  Optional<TextExample> example(Row row) {
    return switch (row) {
      case Row.Broken(long line, String problem) -> {
        bad.add(line, problem);
        yield Optional.empty();
      }
      case Row.Fields fields ->
          task == TextTask.TOKEN_CLASSIFICATION ? words(fields) : texts(fields);
    };
  }

  private Optional<TextExample> texts(Row.Fields row) {
    Optional<String> text = text(row, used.text());
    Optional<String> pair = used.pair().flatMap(column -> text(row, column));
    Optional<Label> label =
        used.label().isPresent()
            ? labels.read(row, used.label().get())
            : Optional.of(new Label.None());
    boolean whole =
        text.isPresent() && pair.isPresent() == used.pair().isPresent() && label.isPresent();
    return whole
        ? Optional.of(new TextExample(row.line(), text.get(), pair, label.get()))
        : Optional.empty();
  }

  private Optional<String> text(Row.Fields row, String column) {
    String text = row.values().getOrDefault(column, "").strip();
    if (text.isEmpty()) {
      bad.add(row.line(), "column %s: expected a text, found none".formatted(Quoted.of(column)));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private Optional<TextExample> words(Row.Fields row) {
    List<String> words = row.lists().getOrDefault(used.text(), List.of());
    if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
      bad.add(
          row.line(),
          "column %s: expected a list of words, as JSONL and Parquet hold it, found %s"
              .formatted(Quoted.of(used.text()), words.isEmpty() ? "none" : Quoted.of(words)));
      return Optional.empty();
    }
    Optional<Label> label =
        used.label().isPresent()
            ? labels.tags(row, used.label().get(), words)
            : Optional.of(new Label.None());
    return label.map(
        l -> new TextExample(row.line(), String.join(" ", words), Optional.empty(), l));
  }
}
