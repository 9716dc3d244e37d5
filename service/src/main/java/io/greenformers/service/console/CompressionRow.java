package io.greenformers.service.console;

import io.greenformers.service.compression.CompressionState;
import java.time.Instant;
import java.util.Optional;

/**
 * A compression on a line.
 *
 * @param model what the model's owner calls it
 * @param goal what was asked for, in words
 * @param fraction of the running stage
 */
record CompressionRow(
    String id,
    String model,
    String goal,
    CompressionState state,
    Optional<Double> fraction,
    Instant created) {

  String href() {
    return "/console/compressions/" + id;
  }

  String stateWords() {
    return words(state);
  }

  /** How the state looks: good, bad, or neither. */
  String tone() {
    return tone(state);
  }

  static String words(CompressionState state) {
    return switch (state) {
      case QUEUED -> "waiting";
      case RUNNING -> "running";
      case SUCCEEDED -> "passed";
      case GATE_FAILED -> "not passed";
      case REFUSED -> "refused";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  static String tone(CompressionState state) {
    return switch (state) {
      case SUCCEEDED -> "passed";
      case GATE_FAILED, REFUSED, FAILED -> "failed";
      case QUEUED, RUNNING, CANCELLED -> "soft";
    };
  }
}
