package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes that pool sequences [batch, n, size] to [batch, m, size], m = min(n, k).
 *
 * <p>With S [m, n] the segments, 1 where place j belongs to segment i = ⌊j·m/n⌋, and w [batch, n,
 * 1] the weights of the places, 0 where they are padding: X ↦ S·(w∘X) / S·w.
 */
final class SequencePooling {
  /** An empty segment must not divide by 0, and weigh next to nothing: e⁻⁸⁵ in fp32. */
  private static final float LEAST = 1e-37f;

  private final NewNodes nodes;
  private final String segments;
  private final Optional<String> weights;
  private final String counts;
  private final Map<String, String> pooled = new HashMap<>();
  private final String bias;

  /**
   * Makes what all sequences of the same length and padding share.
   *
   * @param sequence one of them
   * @param mask what is added to scores, [batch or 1, 1, 1, n]; none where all places count
   * @param projectedLength k
   */
  SequencePooling(NewNodes nodes, Value sequence, Optional<String> mask, int projectedLength) {
    this.nodes = nodes;
    segments = segments(sequence, projectedLength);
    weights =
        mask.map(m ->
            nodes.add(
                "Reshape",
                "place_weights",
                nodes.add("Exp", "place_weights", m),
                nodes.integers(0, -1, 1)));
    String all = weights.orElseGet(() -> ones(sequence));
    counts =
        nodes.add(
            "Max",
            "segment_weights",
            nodes.add("MatMul", "segment_weights", segments, all),
            nodes.real(LEAST));
    bias =
        nodes.add(
            "Reshape",
            "segment_bias",
            nodes.add("Log", "segment_bias", counts),
            nodes.integers(0, 1, 1, -1));
  }

  private String segments(Value sequence, int projectedLength) {
    String shape = nodes.add("Shape", "shape", sequence.name());
    String length = nodes.add("Gather", "length", shape, nodes.integer(1));
    String most = nodes.integer(projectedLength);
    String isShort = nodes.add("Less", "is_short", length, most);
    String count = nodes.add("Where", "segments", isShort, length, most);
    String zero = nodes.integer(0);
    String one = nodes.integer(1);
    String place = nodes.add("Range", "places", zero, length, one);
    String segment = nodes.add("Div", "segment", nodes.add("Mul", "segment", place, count), length);
    String each = nodes.add("Range", "segments", zero, count, one);
    String column = nodes.add("Reshape", "segments", each, nodes.integers(-1, 1));
    return nodes.add(
        "Cast",
        "segments",
        List.of(Attributes.integer("to", DataType.FLOAT.number())),
        nodes.add("Equal", "segments", column, segment));
  }

  private String ones(Value sequence) {
    String one = nodes.integers(1);
    String shape = nodes.concat(one, nodes.axisOne(sequence.name()), one);
    return nodes.add("Expand", "place_weights", nodes.real(1), shape);
  }

  /** Pools a sequence, once. */
  String pool(String sequence) {
    return pooled.computeIfAbsent(
        sequence,
        s -> {
          String weighted = weights.map(w -> nodes.add("Mul", "weighted", s, w)).orElse(s);
          String sums = nodes.add("MatMul", "pooled", segments, weighted);
          return nodes.add("Div", "pooled", sums, counts);
        });
  }

  /** What is added to scores over segments, [batch or 1, 1, 1, m]: log(S·w). */
  String bias() {
    return bias;
  }
}
