package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A statement about values that follows from what they are made of. Each value is looked at once:
 * graphs may lead to one on 2ⁿ ways.
 */
final class ValueProof {
  private static final int FARTHEST = 32;

  private final Rule rule;
  private final Map<Value, Boolean> known = new HashMap<>();

  /** What makes the statement true. */
  interface Rule {
    /**
     * Whether a value holds.
     *
     * @param operands whether those that it is made of do
     */
    boolean holds(Value value, Predicate<Value> operands);
  }

  ValueProof(Rule rule) {
    this.rule = rule;
  }

  boolean holds(Value value) {
    return holds(value, FARTHEST);
  }

  private boolean holds(Value value, int steps) {
    Boolean before = known.get(value);
    if (before == null) {
      before = rule.holds(value, operand -> steps > 0 && holds(operand, steps - 1));
      known.put(value, before);
    }
    return before;
  }
}
