package io.greenformers.engine.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The columns of a dataset that are used: those that the user named, else those with a usual name.
 *
 * @param text the text, or the list of its words
 * @param pair the second text
 * @param label the class, the number, or the list of tags; empty where labels are not asked for
 */
record ColumnGuess(String text, Optional<String> pair, Optional<String> label) {
  private static final List<String> TEXTS =
      List.of("sentence", "text", "review", "content", "comment", "utterance", "document", "body");
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("sentence1", "sentence2"),
          List.of("premise", "hypothesis"),
          List.of("question1", "question2"),
          List.of("question", "sentence"),
          List.of("text1", "text2"),
          List.of("text_a", "text_b"),
          List.of("anchor", "positive"),
          List.of("query", "passage"),
          List.of("query", "document"));
  private static final List<String> WORDS = List.of("tokens", "words");
  private static final List<String> LABELS = List.of("label", "labels", "class", "target");
  private static final List<String> SIMILARITIES = List.of("score", "similarity");
  private static final List<String> NUMBERS =
      Stream.of(LABELS, SIMILARITIES, List.of("value")).flatMap(List::stream).toList();
  private static final List<String> TAGS =
      List.of("tags", "ner_tags", "pos_tags", "labels", "label");

  /** Whether a header speaks of texts, by names that the user gave or that are usual. */
  static boolean isHeader(List<String> columns, TextColumns named) {
    List<String> found = columns.stream().map(String::strip).toList();
    return named.text().filter(found::contains).isPresent()
        || named.label().filter(found::contains).isPresent()
        || TEXTS.stream().anyMatch(name -> find(found, name).isPresent())
        || PAIRS.stream().anyMatch(pair -> find(found, pair.getFirst()).isPresent())
        || (found.size() > 1 && NUMBERS.stream().anyMatch(name -> find(found, name).isPresent()));
  }

  /**
   * Finds them.
   *
   * @param labelled whether a label is needed, where the task has labels
   * @throws InvalidDatasetException if they are not there, or cannot be told
   */
  static ColumnGuess of(List<String> columns, TextColumns named, TextTask task, boolean labelled) {
    return switch (task) {
      case CLASSIFICATION -> texts(columns, named, label(columns, named, labelled, LABELS));
      case REGRESSION -> texts(columns, named, label(columns, named, labelled, NUMBERS));
      case TOKEN_CLASSIFICATION ->
          new ColumnGuess(
              among(columns, named.text(), WORDS, "lists of words", "text"),
              Optional.empty(),
              label(columns, named, labelled, TAGS));
      case EMBEDDING -> pairs(columns, named);
      case MASKED_LANGUAGE, CAUSAL_LANGUAGE, NONE -> texts(columns, named, Optional.empty());
    };
  }

  private static ColumnGuess pairs(List<String> columns, TextColumns named) {
    Optional<String> similarity =
        named.label().isPresent()
            ? Optional.of(named(columns, named.label().get(), "label"))
            : SIMILARITIES.stream().flatMap(name -> find(columns, name).stream()).findFirst();
    ColumnGuess guess = texts(columns, named, similarity);
    if (guess.pair().isEmpty()) {
      throw missing("two columns with texts that belong together", "textPair", columns);
    }
    return guess;
  }

  private static Optional<String> label(
      List<String> columns, TextColumns named, boolean labelled, List<String> usual) {
    return labelled
        ? Optional.of(among(columns, named.label(), usual, "labels", "label"))
        : Optional.empty();
  }

  private static ColumnGuess texts(
      List<String> columns, TextColumns named, Optional<String> label) {
    Optional<String> pair = named.textPair().map(name -> named(columns, name, "textPair"));
    if (named.text().isPresent()) {
      return new ColumnGuess(named(columns, named.text().get(), "text"), pair, label);
    }
    for (List<String> names : PAIRS) {
      Optional<String> first = find(columns, names.getFirst());
      Optional<String> second = find(columns, names.getLast());
      if (first.isPresent() && second.isPresent()) {
        return new ColumnGuess(first.get(), pair.or(() -> second), label);
      }
    }
    return new ColumnGuess(text(columns, named, label), pair, label);
  }

  private static String text(List<String> columns, TextColumns named, Optional<String> label) {
    List<String> usual = TEXTS.stream().flatMap(name -> find(columns, name).stream()).toList();
    if (usual.size() == 1) {
      return usual.getFirst();
    }
    List<String> others =
        columns.stream()
            .filter(c -> !label.equals(Optional.of(c)))
            .filter(c -> LABELS.stream().noneMatch(c::equalsIgnoreCase))
            .filter(c -> !named.label().equals(Optional.of(c)))
            .filter(c -> !named.textPair().equals(Optional.of(c)))
            .toList();
    if (usual.isEmpty() && others.size() == 1) {
      return others.getFirst();
    }
    throw missing(
        usual.isEmpty() ? "a column with texts" : "one column with texts", "text", columns);
  }

  private static String among(
      List<String> columns, Optional<String> named, List<String> usual, String what, String field) {
    if (named.isPresent()) {
      return named(columns, named.get(), field);
    }
    return usual.stream()
        .flatMap(name -> find(columns, name).stream())
        .findFirst()
        .orElseThrow(() -> missing("a column with " + what, field, columns));
  }

  private static String named(List<String> columns, String name, String field) {
    return find(columns, name)
        .orElseThrow(() -> missing("a column " + Quoted.of(name), field, columns));
  }

  private static Optional<String> find(List<String> columns, String name) {
    return columns.contains(name)
        ? Optional.of(name)
        : columns.stream()
            .filter(c -> c.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
            .findFirst();
  }

  private static InvalidDatasetException missing(
      String expected, String field, List<String> columns) {
    return new InvalidDatasetException(
        "dataset-column-missing",
        "the dataset: expected %s, found the columns %s; name it in data.columns.%s"
            .formatted(expected, Quoted.of(columns), field));
  }
}
