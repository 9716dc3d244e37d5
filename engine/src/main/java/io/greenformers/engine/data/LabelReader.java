package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads labels; those that are none go to the bad rows. */
final class LabelReader {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?\\d{1,9}(\\.0*)?");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,4})?");

  private final TextTask task;
  private final BadRows bad;
  private boolean first = true;

  LabelReader(TextTask task, BadRows bad) {
    this.task = task;
    this.bad = bad;
  }

  /** The label of a text as a whole; empty where it is bad. */
  Optional<Label> read(Row.Fields row, String column) {
    String label = row.values().getOrDefault(column, "").strip();
    Optional<Label> read =
        switch (task) {
          case REGRESSION, EMBEDDING -> number(row, column, label);
          case CLASSIFICATION, TOKEN_CLASSIFICATION, MASKED_LANGUAGE, CAUSAL_LANGUAGE, NONE ->
              index(row, column, label);
        };
    first = false;
    return read;
  }

  private Optional<Label> index(Row.Fields row, String column, String label) {
    OptionalInt index = wholeNumber(label);
    if (index.isPresent() && index.getAsInt() >= 0) {
      return Optional.of(new Label.OfClass(index.getAsInt()));
    }
    if (first && !label.isEmpty() && !isMissing(label)) {
      throw names(row, column, label);
    }
    return refuse(row, column, "the index of a class, from 0", label);
  }

  private Optional<Label> number(Row.Fields row, String column, String label) {
    if (NUMBER.matcher(label).matches() && Double.isFinite(Double.parseDouble(label))) {
      return Optional.of(new Label.OfValue(Double.parseDouble(label)));
    }
    return refuse(row, column, "a finite number", label);
  }

  /** The classes of words; empty where one is bad, or there are not as many as words. */
  Optional<Label> tags(Row.Fields row, String column, List<String> words) {
    List<String> tags = row.lists().getOrDefault(column, List.of());
    if (tags.size() != words.size()) {
      bad.add(
          row.line(),
          "column %s: expected a list of %d tags, one for each word, found %d"
              .formatted(Quoted.of(column), words.size(), tags.size()));
      return Optional.empty();
    }
    List<Integer> classes = new ArrayList<>();
    for (String tag : tags) {
      OptionalInt index = wholeNumber(tag.strip());
      if (index.isEmpty() || (index.getAsInt() < 0 && index.getAsInt() != Targets.IGNORED)) {
        if (first && index.isEmpty() && !tag.isBlank()) {
          throw names(row, column, tag);
        }
        return refuse(
            row, column, "indices of classes, from 0, or %d".formatted(Targets.IGNORED), tag);
      }
      classes.add(index.getAsInt());
    }
    first = false;
    return Optional.of(new Label.OfWords(words, classes));
  }

  private static OptionalInt wholeNumber(String label) {
    return WHOLE_NUMBER.matcher(label).matches()
        ? OptionalInt.of((int) Double.parseDouble(label))
        : OptionalInt.empty();
  }

  private Optional<Label> refuse(Row.Fields row, String column, String expected, String found) {
    bad.add(
        row.line(),
        "column %s: expected %s, found %s"
            .formatted(Quoted.of(column), expected, found.isEmpty() ? "none" : Quoted.of(found)));
    return Optional.empty();
  }

  private static InvalidDatasetException names(Row.Fields row, String column, String label) {
    return new InvalidDatasetException(
        "dataset-labels-are-names",
        "the dataset, line %d, column %s: expected the index of a class, from 0, found %s; write 0, 1, … in the order of the model's outputs"
            .formatted(row.line(), Quoted.of(column), Quoted.of(label)));
  }

  /** As programs that write tables say that there is nothing. */
  private static boolean isMissing(String label) {
    return switch (label.toLowerCase(Locale.ROOT)) {
      case "nan", "na", "n/a", "null", "none" -> true;
      default -> NUMBER.matcher(label).matches();
    };
  }
}
