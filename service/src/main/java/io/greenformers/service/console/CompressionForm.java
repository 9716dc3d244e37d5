package io.greenformers.service.console;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What somebody wants of a new compression, as they wrote it. Whether it can be had, {@link
 * RequestDocument} says, as it does of what comes by the API.
 *
 * @param model its id
 * @param method how it is compressed
 * @param size at most so many percent of the original's; {@code other} where sizeOther says it
 * @param speed at least so many times as fast
 * @param accuracy lose at most so many points; {@code other} where accuracyOther says it
 * @param train id of a dataset; so are evaluation and tokenizer
 * @param task what the model does with a text
 * @param label the column of the labels
 * @param recovery anything where it is wanted
 * @param batchSizes that are timed, separated by commas
 * @param sequenceLengths likewise
 * @param once the same for a form that is sent twice
 */
record CompressionForm(
    String model,
    String method,
    String size,
    String sizeOther,
    String speed,
    String accuracy,
    String accuracyOther,
    String train,
    String evaluation,
    String tokenizer,
    String task,
    String label,
    String recovery,
    String batchSizes,
    String sequenceLengths,
    String once) {
  private static final String OTHER = "other";
  private static final JsonMapper JSON = new JsonMapper();

  /** Fields that nobody filled in are empty. */
  CompressionForm(
      @Nullable String model,
      @Nullable String method,
      @Nullable String size,
      @Nullable String sizeOther,
      @Nullable String speed,
      @Nullable String accuracy,
      @Nullable String accuracyOther,
      @Nullable String train,
      @Nullable String evaluation,
      @Nullable String tokenizer,
      @Nullable String task,
      @Nullable String label,
      @Nullable String recovery,
      @Nullable String batchSizes,
      @Nullable String sequenceLengths,
      @Nullable String once) {
    this.model = text(model);
    this.method = text(method);
    this.size = text(size);
    this.sizeOther = text(sizeOther);
    this.speed = text(speed);
    this.accuracy = text(accuracy);
    this.accuracyOther = text(accuracyOther);
    this.train = text(train);
    this.evaluation = text(evaluation);
    this.tokenizer = text(tokenizer);
    this.task = text(task);
    this.label = text(label);
    this.recovery = text(recovery);
    this.batchSizes = text(batchSizes);
    this.sequenceLengths = text(sequenceLengths);
    this.once = text(once);
  }

  private static String text(@Nullable String given) {
    return Objects.requireNonNullElse(given, "").strip();
  }

  boolean recovers() {
    return !recovery.isEmpty();
  }

  /**
   * The document that the API would be sent.
   *
   * @throws InvalidRequestException if a number is none, or the document is invalid
   */
  String document() {
    ObjectNode document = JSON.createObjectNode();
    document.put("model", model);
    putIfGiven(document, "method", method);
    ObjectNode budget = document.putObject("budget");
    put(budget, "sizeRatio", "budget.sizeRatio", size.equals(OTHER) ? sizeOther : size, 0.01);
    if (!speed.isEmpty()) {
      budget.put("latencyRatio", 1 / number("budget.latencyRatio", speed));
    }
    put(
        budget,
        "accuracyDrop",
        "budget.accuracyDrop",
        accuracy.equals(OTHER) ? accuracyOther : accuracy,
        0.01);
    putExamples(document);
    if (recovers()) {
      document.putObject("recovery");
    }
    ObjectNode latency = document.putObject("evaluation").putObject("latency");
    putList(latency, "batchSizes", batchSizes);
    putList(latency, "sequenceLengths", sequenceLengths);
    CompressionRequest checked = RequestDocument.parse(document);
    return RequestDocument.toJson(checked);
  }

  private void putExamples(ObjectNode document) {
    ObjectNode data = JSON.createObjectNode();
    putIfGiven(data, "train", train);
    putIfGiven(data, "evaluation", evaluation);
    putIfGiven(data, "tokenizer", tokenizer);
    putIfGiven(data, "task", task);
    if (!label.isEmpty()) {
      data.putObject("columns").put("label", label);
    }
    if (!data.isEmpty()) {
      document.set("data", data);
    }
  }

  private static void putIfGiven(ObjectNode into, String name, String text) {
    if (!text.isEmpty()) {
      into.put(name, text);
    }
  }

  private static void put(ObjectNode into, String name, String field, String text, double unit) {
    if (!text.isEmpty()) {
      // 55 × 0.01 is not 0.55 in binary; a request should say what was meant
      into.put(name, Math.round(number(field, text) * unit * 1e9) / 1e9);
    }
  }

  private static void putList(ObjectNode into, String name, String text) {
    if (!text.isEmpty()) {
      ArrayNode list = into.putArray(name);
      Arrays.stream(text.split("[,\\s]+"))
          .forEach(part -> list.add(wholeNumber("evaluation.latency." + name, part)));
    }
  }

  private static double number(String field, String text) {
    try {
      return Double.parseDouble(text.replace(',', '.'));
    } catch (NumberFormatException e) {
      throw new InvalidRequestException(field, "a number", "'" + Words.name(text) + "'");
    }
  }

  private static int wholeNumber(String field, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidRequestException(field, "a whole number", "'" + Words.name(text) + "'");
    }
  }

  /** The same with datasets that came with the form in place of those that were chosen. */
  CompressionForm withData(String newTrain, String newEvaluation, String newTokenizer) {
    return new CompressionForm(
        model,
        method,
        size,
        sizeOther,
        speed,
        accuracy,
        accuracyOther,
        newTrain,
        newEvaluation,
        newTokenizer,
        task,
        label,
        recovery,
        batchSizes,
        sequenceLengths,
        once);
  }
}
