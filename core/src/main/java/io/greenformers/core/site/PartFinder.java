package io.greenformers.core.site;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Use;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells what part of a transformer each site is, by what its node is connected to: names differ
 * from exporter to exporter, the computation does not.
 *
 * <ol>
 *   <li>A table that is looked up is an embedding.
 *   <li>A product whose left operand is a softmax is where attention happens, and so is a fused
 *       operator for it. The sites that its operands come from, and the one that its output goes to
 *       with nothing but layout between, are attention.
 *   <li>Of two other linears, the second fed by the first and its shape the first's reversed, wide
 *       inside: both are feed-forward. A norm between them ends the search.
 *   <li>Everything else is other.
 * </ol>
 */
public final class PartFinder {
  private static final Set<String> FUSED =
      Set.of(
          "Attention",
          "MultiHeadAttention",
          "GroupQueryAttention",
          "DecoderMaskedMultiHeadAttention");

  /** What may lie between the heads' outputs and the site that joins them. */
  private static final Set<String> LAYOUT =
      Set.of("Transpose", "Reshape", "Identity", "Cast", "Squeeze", "Unsqueeze", "Flatten");

  private static final Set<String> BEFORE_PRODUCT =
      Set.of("Dropout", "Cast", "Where", "Mul", "Identity", "Reshape", "Transpose", "Expand");

  /** What a linear's output does not pass within a feed-forward part, or within scores. */
  private static final Set<String> ENDS =
      Set.of(
          "LayerNormalization",
          "SkipLayerNormalization",
          "SimplifiedLayerNormalization",
          "RMSNormalization",
          "Softmax",
          "Gather",
          "Shape");

  private static final int FURTHEST = 64;

  private final GraphIndex index;
  private final Map<NodeRef, Site> byNode = new HashMap<>();
  private final Map<Site, Part> parts = new HashMap<>();

  private PartFinder(GraphIndex index, List<Site> sites) {
    this.index = index;
    for (Site site : sites) {
      site.uses().forEach(use -> byNode.put(use.node(), site));
      parts.put(site, site.kind() == Site.Kind.EMBEDDING ? Part.EMBEDDINGS : Part.OTHER);
    }
  }

  /** The part of every site. */
  public static Map<Site, Part> find(GraphIndex index, List<Site> sites) {
    PartFinder finder = new PartFinder(index, sites);
    for (NodeRef node : index.nodes()) {
      NodeProto proto = index.node(node);
      if (FUSED.contains(proto.getOpType())) {
        finder.attention(node);
      } else if (Nodes.is(proto, "Softmax")) {
        finder.forward(node, BEFORE_PRODUCT, finder::attentionIfProduct);
      }
    }
    sites.forEach(finder::feedForward);
    return Map.copyOf(finder.parts);
  }

  private void attentionIfProduct(NodeRef node) {
    if (index.node(node).getOpType().endsWith("MatMul") && !byNode.containsKey(node)) {
      attention(node);
    }
  }

  private void attention(NodeRef product) {
    mark(product);
    backward(product);
    forward(product, LAYOUT, this::mark);
  }

  private void mark(NodeRef node) {
    Site site = byNode.get(node);
    if (site != null && site.kind() == Site.Kind.LINEAR) {
      parts.put(site, Part.ATTENTION);
    }
  }

  /** Marks the nearest sites before a node. */
  private void backward(NodeRef from) {
    Set<NodeRef> seen = new HashSet<>(Set.of(from));
    Deque<NodeRef> open = new ArrayDeque<>(seen);
    while (!open.isEmpty() && seen.size() < FURTHEST) {
      NodeRef node = open.removeFirst();
      for (int i = 0; i < index.node(node).getInputCount(); i++) {
        index
            .input(node, i)
            .flatMap(index::producer)
            .filter(seen::add)
            .ifPresent(before -> {
              mark(before);
              if (!byNode.containsKey(before) && passesBackward(before)) {
                open.add(before);
              }
            });
      }
    }
  }

  /** The scores' own softmax lies on the way; a norm is already what was before the part. */
  private boolean passesBackward(NodeRef node) {
    String operator = index.node(node).getOpType();
    return operator.equals("Softmax") || !ENDS.contains(operator);
  }

  private void forward(NodeRef from, Set<String> through, Consumer<NodeRef> found) {
    Set<NodeRef> seen = new HashSet<>(Set.of(from));
    Deque<NodeRef> open = new ArrayDeque<>(seen);
    while (!open.isEmpty() && seen.size() < FURTHEST) {
      for (NodeRef after : readers(open.removeFirst())) {
        if (seen.add(after)) {
          found.accept(after);
          if (!byNode.containsKey(after) && through.contains(index.node(after).getOpType())) {
            open.add(after);
          }
        }
      }
    }
  }

  private void feedForward(Site first) {
    if (parts.get(first) != Part.OTHER || first.kind() != Site.Kind.LINEAR) {
      return;
    }
    for (Site.Use use : first.uses()) {
      Set<NodeRef> seen = new HashSet<>(Set.of(use.node()));
      Deque<NodeRef> open = new ArrayDeque<>(seen);
      while (!open.isEmpty() && seen.size() < FURTHEST) {
        for (NodeRef after : readers(open.removeFirst())) {
          Site second = byNode.get(after);
          if (second != null) {
            pair(first, second, use.outputs(first));
          } else if (seen.add(after) && !ENDS.contains(index.node(after).getOpType())) {
            open.add(after);
          }
        }
      }
    }
  }

  private void pair(Site first, Site second, int inside) {
    int outside = first.rows() + first.columns() - inside;
    boolean reversed =
        second.uses().getFirst().outputs(second) == outside
            && second.rows() + second.columns() == inside + outside;
    if (reversed && inside > outside && parts.get(second) != Part.ATTENTION) {
      parts.put(first, Part.FEED_FORWARD);
      parts.put(second, Part.FEED_FORWARD);
    }
  }

  private List<NodeRef> readers(NodeRef node) {
    return index.node(node).getOutputList().stream()
        .flatMap(name -> index.resolve(node.graph(), name).stream())
        .flatMap((Value value) -> index.uses(value).stream())
        .map(Use::node)
        .toList();
  }
}
