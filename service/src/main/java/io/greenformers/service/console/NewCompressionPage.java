package io.greenformers.service.console;

import io.greenformers.protocol.request.Examples.Task;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.model.Model;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The form of a new compression.
 *
 * @param models that can be chosen
 * @param datasets that can be chosen
 * @param error what is wrong with it; empty where nothing is
 */
record NewCompressionPage(
    Frame frame,
    CompressionForm form,
    List<Model> models,
    List<Dataset> datasets,
    Optional<FieldError> error) {

  /** Which of the form's fields a field of the request is filled in with. */
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("model", "model"),
          Map.entry("method", "method"),
          Map.entry("budget.sizeRatio", "size"),
          Map.entry("budget.latencyRatio", "speed"),
          Map.entry("budget.accuracyDrop", "accuracy"),
          Map.entry("data", "train"),
          Map.entry("data.train", "train"),
          Map.entry("data.evaluation", "evaluation"),
          Map.entry("data.tokenizer", "tokenizer"),
          Map.entry("data.task", "task"),
          Map.entry("data.columns.label", "label"),
          Map.entry("evaluation.latency.batchSizes", "batchSizes"),
          Map.entry("evaluation.latency.sequenceLengths", "sequenceLengths"));

  /** A choice of a few, and the words for it. */
  record Choice(String value, String words) {}

  /**
   * What is wrong with a field.
   *
   * @param field of the form; {@code form} where it is none of them
   */
  record FieldError(String field, String message) {
    static FieldError of(InvalidRequestException e) {
      String message = Optional.ofNullable(e.getMessage()).orElse("it cannot be used");
      return of(e.field(), message);
    }

    static FieldError of(String requestField, String message) {
      String prefix = requestField + ": ";
      String words = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
      return new FieldError(FIELDS.getOrDefault(requestField, "form"), Words.name(words));
    }
  }

  List<Choice> methods() {
    return List.of(
        new Choice("", "weights"),
        new Choice("auto", "weights, and attention where sequences are long"),
        new Choice("linformer", "attention only, where sequences are long"));
  }

  List<Choice> sizes() {
    return List.of(
        new Choice("75", "three quarters of the size"),
        new Choice("50", "half the size"),
        new Choice("25", "a quarter of the size"),
        new Choice("", "as small as the accuracy below allows"));
  }

  List<Choice> speeds() {
    return List.of(
        new Choice("", "whatever comes of it"),
        new Choice("1", "never slower"),
        new Choice("1.5", "at least 1.5 times as fast"),
        new Choice("2", "at least twice as fast"));
  }

  List<Choice> accuracies() {
    return List.of(
        new Choice("", "no bound; it is measured where there are labels"),
        new Choice("0.5", "lose at most half a point of accuracy"),
        new Choice("1", "lose at most 1 point of accuracy"),
        new Choice("2", "lose at most 2 points of accuracy"));
  }

  List<String> tasks() {
    return Arrays.stream(Task.values())
        .map(task -> task.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }

  /** What is wrong with a field of the form. */
  Optional<String> errorOf(String field) {
    return error.filter(e -> e.field().equals(field)).map(FieldError::message);
  }
}
