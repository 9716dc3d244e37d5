package io.greenformers.engine.recovery;

import io.greenformers.engine.data.Targets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Finds the output that targets speak of. */
final class ScoreOutput {
  private static final String USUAL_NAME = "logits";

  private ScoreOutput() {}

  /**
   * {@code logits} where it has the right shape, else the only output that has it. Without targets
   * only {@code logits} is known to hold scores.
   *
   * @param outputs floating, by name
   * @param rows of the batch
   */
  static Optional<String> of(Map<String, Tensor> outputs, Targets targets, long rows) {
    List<String> fitting =
        outputs.entrySet().stream()
            .filter(output -> fits(output.getValue(), targets, rows))
            .map(Map.Entry::getKey)
            .toList();
    if (fitting.contains(USUAL_NAME)) {
      return Optional.of(USUAL_NAME);
    }
    return targets instanceof Targets.None || fitting.size() != 1
        ? Optional.empty()
        : Optional.of(fitting.getFirst());
  }

  private static boolean fits(Tensor output, Targets targets, long rows) {
    long axes = output.dim();
    if (axes == 0 || output.size(0) != rows) {
      return false;
    }
    return switch (targets) {
      case Targets.Classes c -> axes == 2 && output.size(1) > 1;
      case Targets.Places p -> axes == 3 && output.size(2) > 1;
      case Targets.Values v -> axes == 1 || (axes == 2 && output.numel() == v.values().elements());
      case Targets.None n -> axes >= 2 && output.size(axes - 1) > 1;
    };
  }
}
