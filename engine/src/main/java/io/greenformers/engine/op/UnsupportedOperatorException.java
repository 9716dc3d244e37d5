package io.greenformers.engine.op;

import io.greenformers.engine.EngineException;
import java.util.List;

/** A model has operators that the executor cannot compute; thrown before anything runs. */
public final class UnsupportedOperatorException extends EngineException {
  private static final long serialVersionUID = 1;
  private static final int MOST_NODES = 5;

  /**
   * An operator without a converter.
   *
   * @param domain empty for the default one
   * @param version of the operator set that the model imports
   * @param nodes that use it, described
   */
  public record Missing(String domain, String operator, long version, List<String> nodes) {
    public Missing {
      nodes = List.copyOf(nodes);
    }

    @Override
    public String toString() {
      String shown = String.join(", ", nodes.subList(0, Math.min(MOST_NODES, nodes.size())));
      String more =
          nodes.size() > MOST_NODES ? " and %d more".formatted(nodes.size() - MOST_NODES) : "";
      return "%s%s, opset %d, in %s%s"
          .formatted(domain.isEmpty() ? "" : domain + ".", operator, version, shown, more);
    }
  }

  UnsupportedOperatorException(List<Missing> missing) {
    super(
        "the model cannot be trained: no converter for "
            + String.join("; ", missing.stream().map(Missing::toString).toList()));
  }

  /** Stable and machine-readable. */
  public String code() {
    return "recovery-operator-unsupported";
  }
}
