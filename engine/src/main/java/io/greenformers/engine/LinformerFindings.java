package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.AttentionFinding;
import io.greenformers.core.rewrite.LinformerPass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which attentions of a model can become Linformer, in words. */
record LinformerFindings(List<AttentionFinding> all) {
  LinformerFindings {
    all = List.copyOf(all);
  }

  static LinformerFindings of(OnnxModel model) {
    return new LinformerFindings(LinformerPass.findings(model));
  }

  /** How many can. */
  long able() {
    return all.stream().filter(f -> f.obstacle().isEmpty()).count();
  }

  /** Why others cannot, each reason once. */
  List<String> obstacles() {
    Map<String, List<String>> nodes = new LinkedHashMap<>();
    all.forEach(f ->
        f.obstacle()
            .ifPresent(why -> nodes.computeIfAbsent(why, w -> new ArrayList<>()).add(f.node())));
    List<String> obstacles = new ArrayList<>();
    nodes.forEach((why, around) ->
        obstacles.add(
            "%d attentions stay as they are, as the one around '%s': %s"
                .formatted(around.size(), around.getFirst(), why)));
    return obstacles;
  }

  /** For whoever inspects the model; nothing where none can. */
  List<String> remarks() {
    return able() == 0
        ? List.of()
        : List.of(
            "%d of %d attentions can become Linformer, for long sequences (method linformer, or auto)"
                .formatted(able(), all.size()));
  }
}
