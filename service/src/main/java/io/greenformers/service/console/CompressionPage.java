package io.greenformers.service.console;

import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Compression;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A compression as it is now.
 *
 * @param outcome what was measured, once it was
 */
record CompressionPage(
    Frame frame, Compression compression, CompressionRow row, Optional<Outcome> outcome) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A stage of the compression.
   *
   * @param name as the API has it
   * @param state done, now, or ahead
   */
  record Step(String name, String words, String state) {}

  /** An output. */
  record Download(String name, String size, String href) {}

  boolean isFinal() {
    return compression.state().isFinal();
  }

  boolean hasReport() {
    return compression.published().containsKey("report.html");
  }

  /** The first thing to know. */
  String headline() {
    String bound = compression.ending().bound().map(CompressionPage::bound).orElse("a bound");
    return switch (compression.state()) {
      case QUEUED -> "Waiting for its turn";
      case RUNNING -> "Running";
      case SUCCEEDED -> "Passed: every bound of the budget holds.";
      case GATE_FAILED -> "Not passed: the bound of the " + bound + " does not hold.";
      case REFUSED -> "Refused";
      case FAILED -> "Failed";
      case CANCELLED -> "Cancelled";
    };
  }

  private static String bound(String name) {
    return switch (name) {
      case "sizeRatio" -> "size";
      case "latencyRatio" -> "latency";
      case "accuracyDrop" -> "accuracy";
      default -> Words.name(name);
    };
  }

  /** Why it ended as it did, where there is more to say. */
  Optional<String> reason() {
    return compression.ending().message().map(Words::name);
  }

  List<Step> steps() {
    List<Stage> stages = Stage.of(RequestDocument.parseJson(compression.request()));
    int now = compression.progress().stage().map(stages::indexOf).orElse(0);
    boolean isDone =
        switch (compression.state()) {
          case SUCCEEDED, GATE_FAILED -> true;
          case QUEUED, RUNNING, REFUSED, FAILED, CANCELLED -> false;
        };
    return stages.stream()
        .map(stage -> {
          int at = stages.indexOf(stage);
          String state = isDone || at < now ? "done" : at == now ? "now" : "ahead";
          return new Step(stage.name().toLowerCase(Locale.ROOT), words(stage), state);
        })
        .toList();
  }

  private static String words(Stage stage) {
    return switch (stage) {
      case INSPECT -> "Read the model";
      case FACTORIZE -> "Prove, choose ranks, factorize";
      case RECOVER -> "Recover";
      case EVALUATE -> "Measure";
      case PREDICT, VERIFY -> "";
    };
  }

  /** Percent of the running stage. */
  int percent() {
    return (int) Math.round(100 * compression.progress().fraction().orElse(0.0));
  }

  String activity() {
    return Words.name(compression.progress().activity().orElse(""));
  }

  /** How long it took; empty until it has ended. */
  Optional<String> took() {
    Compression.Times times = compression.times();
    return times
        .finished()
        .flatMap(end -> times.started().map(start -> Duration.between(start, end)))
        .map(Words::duration);
  }

  /** All outputs, the model first. */
  List<Download> downloads() {
    return compression.published().entrySet().stream()
        .map(this::download)
        .sorted(Comparator.comparing(file -> !file.name().startsWith("model.")))
        .toList();
  }

  private Download download(Map.Entry<String, StoredArtifact> artifact) {
    return new Download(
        artifact.getKey(), Words.bytes(artifact.getValue().bytes()), href(artifact.getKey()));
  }

  private String href(String artifact) {
    return "/v1/compressions/%s/artifacts/%s".formatted(compression.id(), artifact);
  }

  String report() {
    return href("report.html");
  }

  String events() {
    return "/v1/compressions/%s/events".formatted(compression.id());
  }

  /** The request document, indented. */
  String request() {
    return JSON.readTree(compression.request())
        .toPrettyString()
        .lines()
        .map(Words::name)
        .collect(Collectors.joining("\n"));
  }
}
