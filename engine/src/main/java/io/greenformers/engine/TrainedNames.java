package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.plan.Glob;
import io.greenformers.engine.recovery.TrainableWeights;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.protocol.request.Recovery;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The names of the weights that a request wants trained. */
final class TrainedNames {
  private TrainedNames() {}

  /**
   * Chooses them.
   *
   * @throws UntrainableException if there are none
   */
  static Set<String> of(Recovery recovery, OnnxModel student, GraphIndex index, OnnxModel teacher) {
    Set<String> names = new LinkedHashSet<>(TrainableWeights.of(student, index));
    if (recovery.weights() == Recovery.Weights.FACTORS) {
      names.removeAll(initializers(teacher));
    }
    names.removeIf(name -> recovery.include().stream().noneMatch(p -> Glob.matches(p, name)));
    if (names.isEmpty()) {
      throw new UntrainableException(
          "recovery: expected weights to train, found none that recovery.weights and recovery.include let through");
    }
    return names;
  }

  private static Set<String> initializers(OnnxModel model) {
    return model.proto().getGraph().getInitializerList().stream()
        .map(TensorProto::getName)
        .collect(Collectors.toSet());
  }
}
