package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Nodes that pool sequences of n places to m = min(n, k).
 *
 * <p>With S [m, n] the segments, 1 where place j belongs to segment i = ⌊j·m/n⌋, and w [batch, n,
 * 1] the weights of the places, 0 where they are padding: X ↦ S·(w∘X) / S·w.
 */
final class SequencePooling {
  /** An empty segment must not divide by 0, and weigh next to nothing: e⁻⁸⁵ in fp32. */
  private static final float LEAST = 1e-37f;

  private final NewNodes nodes;
  private final String length;
  private final String segments;
  private final Optional<String> weights;
  private final String counts;
  private final String bias;
  private final Map<String, String> pooled = new HashMap<>();
  private final Map<String, String> shared = new HashMap<>();

  /**
   * Makes what all sequences of the same length and padding share.
   *
   * @param length n, a number without axes
   * @param mask what is added to scores, [batch or 1, 1, 1, n]; none where all places count
   * @param projectedLength k
   */
  SequencePooling(NewNodes nodes, String length, Optional<String> mask, int projectedLength) {
    this.nodes = nodes;
    this.length = length;
    segments = segments(projectedLength);
    weights =
        mask.map(m ->
            nodes.add(
                "Reshape",
                "place_weights",
                nodes.add("Exp", "place_weights", m),
                nodes.integers(0, -1, 1)));
    String all = weights.orElseGet(() -> ones(nodes.integers(1), length(), nodes.integers(1)));
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

  private String segments(int projectedLength) {
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

  private String length() {
    return once(shared, "length", l -> nodes.add("Reshape", l, length, nodes.integers(1)));
  }

  private String ones(String... shape) {
    return nodes.add("Expand", "ones", nodes.real(1), nodes.concat(shape));
  }

  private static String once(Map<String, String> made, String what, Function<String, String> make) {
    String known = made.get(what);
    if (known == null) {
      known = make.apply(what);
      made.put(what, known);
    }
    return known;
  }

  /** Pools a sequence [batch, n, size], once. */
  String pool(String sequence) {
    return once(pooled, sequence, s -> pool(s, weights, counts));
  }

  /** Pools sequences [batch, heads, n, size], once. */
  String poolHeads(String sequences) {
    return once(
        pooled,
        sequences,
        s ->
            pool(
                s,
                weights.map(w -> once(shared, "weights_of_heads", name -> withHeads(name, w))),
                once(shared, "counts_of_heads", name -> withHeads(name, counts))));
  }

  private String withHeads(String name, String perPlace) {
    return nodes.add("Reshape", name, perPlace, nodes.integers(0, 1, -1, 1));
  }

  private String pool(String sequence, Optional<String> perPlace, String perSegment) {
    String weighted = perPlace.map(w -> nodes.add("Mul", "weighted", sequence, w)).orElse(sequence);
    String sums = nodes.add("MatMul", "pooled", segments, weighted);
    return nodes.add("Div", "pooled", sums, perSegment);
  }

  /** Pools what is added to scores by positions, […, n, n], to […, n, m]; padding included. */
  String poolBias(String term) {
    return once(
        pooled,
        term,
        t -> nodes.add("MatMul", "pooled_bias", t, once(shared, "means", this::means)));
  }

  /** [n, m]: each column sums up to 1. */
  private String means(String name) {
    String turned =
        nodes.add(
            "Transpose", name, List.of(Attributes.integers("perm", List.of(1L, 0L))), segments);
    String sizes = nodes.add("MatMul", name, ones(nodes.integers(1), length()), turned);
    return nodes.add("Div", name, turned, sizes);
  }

  /** What is added to scores over segments, [batch or 1, 1, 1, m]: log(S·w). */
  String bias() {
    return bias;
  }
}
