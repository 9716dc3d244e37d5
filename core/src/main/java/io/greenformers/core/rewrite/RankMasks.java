package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Inputs that choose ranks while a model runs: what lies between the factors of a site, z = x·left,
 * becomes z∘scale + shift.
 *
 * <p>With factors of full rank, a scale of ones up to r and zeros behind is the model with this
 * site at rank r, so one session tries any ranks without a rewrite. A shift of the means of z where
 * the scale is zero is what a correction of the bias does. For trying, not for keeping: the model
 * has two more inputs for every site.
 */
public final class RankMasks {
  private static final Set<String> PREPARE_FACTORS = Set.of("Cast", "Transpose");

  private final Map<Site, List<Inputs>> inputs = new LinkedHashMap<>();

  /**
   * The inputs of one site, for uses that have z in the same form.
   *
   * @param scale its name
   * @param shift its name
   * @param shape of both: r elements, on the axis that z has them on
   */
  public record Inputs(String scale, String shift, DataType type, List<Long> shape) {
    public Inputs {
      shape = List.copyOf(shape);
    }
  }

  /** The inputs that the pass added, by site: one pair for each form of z. */
  public Map<Site, List<Inputs>> inputs() {
    return Map.copyOf(inputs);
  }

  /** The nodes of a use's rewrite with the mask in them. */
  List<NodeProto> apply(
      GraphEditor editor, Site site, Use use, long rank, List<NodeProto> rewritten) {
    Inputs mask = inputs(editor, site, use.cast().orElse(site.type()), shape(site, use, rank));
    NodeProto inner = inner(rewritten);
    String between = inner.getOutput(0);
    String scaled = editor.freshName(between + "_scaled");
    String shifted = editor.freshName(between + "_shifted");
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : rewritten) {
      nodes.add(node.equals(rewritten.getLast()) ? reading(node, between, shifted) : node);
      if (node.equals(inner)) {
        nodes.add(node(editor, "Mul", between, mask.scale(), scaled));
        nodes.add(node(editor, "Add", scaled, mask.shift(), shifted));
      }
    }
    return nodes;
  }

  private Inputs inputs(GraphEditor editor, Site site, DataType type, List<Long> shape) {
    List<Inputs> known = inputs.computeIfAbsent(site, s -> new ArrayList<>());
    return known.stream()
        .filter(i -> i.type() == type && i.shape().equals(shape))
        .findFirst()
        .orElseGet(() -> {
          String name = site.weight().name();
          Inputs made =
              new Inputs(
                  editor.freshName(name + "_scale"),
                  editor.freshName(name + "_shift"),
                  type,
                  shape);
          editor.addInput(made.scale(), type, shape);
          editor.addInput(made.shift(), type, shape);
          known.add(made);
          return made;
        });
  }

  private static List<Long> shape(Site site, Use use, long rank) {
    List<Long> shape = new ArrayList<>(List.of(rank));
    int after =
        switch (use.role()) {
          case CONV -> site.tensor().getDimsCount() - 2;
          default -> use.role().weightIsLeft() ? 1 : 0;
        };
    for (int i = 0; i < after; i++) {
      shape.add(1L);
    }
    return shape;
  }

  /** The node that makes what lies between the factors. */
  private static NodeProto inner(List<NodeProto> nodes) {
    List<String> read = nodes.getLast().getInputList();
    return nodes.subList(0, nodes.size() - 1).stream()
        .filter(n -> !PREPARE_FACTORS.contains(n.getOpType()) && read.contains(n.getOutput(0)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("expected a node between the factors"));
  }

  private static NodeProto reading(NodeProto node, String before, String after) {
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (node.getInput(i).equals(before)) {
        changed.setInput(i, after);
      }
    }
    return changed.build();
  }

  private static NodeProto node(
      GraphEditor editor, String operator, String first, String second, String output) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(editor.freshName(output + "_node"))
        .addInput(first)
        .addInput(second)
        .addOutput(output)
        .build();
  }
}
