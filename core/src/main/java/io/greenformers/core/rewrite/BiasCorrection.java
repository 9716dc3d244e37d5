package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds δ [out] to the outputs of a site's uses.
 *
 * <p>Where a bias is there, a new one takes its place: b + δ, in double precision, rounded once.
 * Whoever else reads the old bias keeps it.
 */
final class BiasCorrection {
  private final GraphIndex index;
  private final GraphEditor editor;
  private final WeightStore weights;
  private final Site site;
  private final TensorProto delta;
  private final double[] values;
  private final Map<String, String> made = new HashMap<>();

  BiasCorrection(
      GraphIndex index, GraphEditor editor, WeightStore weights, Site site, TensorProto delta) {
    this.index = index;
    this.editor = editor;
    this.weights = weights;
    this.site = site;
    this.delta = delta;
    this.values = weights.doubles(delta);
  }

  /** The nodes of a use's rewrite, corrected; a consumer's bias may be replaced as well. */
  List<NodeProto> correct(Use use, List<NodeProto> nodes) {
    if (use.outputs(site) != values.length) {
      throw new IllegalArgumentException(
          "site '%s': expected a bias correction of %d elements for node %s, found %d"
              .formatted(
                  site.name(),
                  use.outputs(site),
                  Nodes.describe(index.node(use.node())),
                  values.length));
    }
    Optional<BiasSlot> slot = BiasSlot.of(index, site, use);
    if (slot.isEmpty()) {
      return nodes;
    }
    return switch (slot.get()) {
      case BiasSlot.OfNode s -> inNode(use, s, nodes);
      case BiasSlot.OfConsumer s -> {
        NodeProto consumer = index.node(s.consumer());
        editor.replace(
            s.consumer(),
            List.of(consumer.toBuilder().setInput(s.input(), sum(s.bias(), 1)).build()));
        yield nodes;
      }
    };
  }

  private List<NodeProto> inNode(Use use, BiasSlot.OfNode slot, List<NodeProto> nodes) {
    NodeProto last = nodes.getLast();
    boolean gemm = Nodes.is(last, "Gemm") || Nodes.isMicrosoft(last, "FusedGemm");
    boolean absent = slot.bias().isEmpty();
    NodeProto.Builder changed = last.toBuilder();
    if (gemm && absent) {
      List<AttributeProto> kept =
          last.getAttributeList().stream().filter(a -> !a.getName().equals("beta")).toList();
      changed.clearAttribute().addAllAttribute(kept);
    }
    double beta = gemm && !absent ? Nodes.floatAttribute(last, "beta", 1) : 1;
    String bias = absent ? alone(use) : sum(slot.bias().get(), beta);
    while (changed.getInputCount() <= slot.input()) {
      changed.addInput("");
    }
    return replaceLast(nodes, changed.setInput(slot.input(), bias).build());
  }

  private static List<NodeProto> replaceLast(List<NodeProto> nodes, NodeProto last) {
    List<NodeProto> all = new ArrayList<>(nodes.subList(0, nodes.size() - 1));
    all.add(last);
    return List.copyOf(all);
  }

  /** b + δ/beta, in the place and the type of b; once for all uses of the site. */
  private String sum(Value bias, double beta) {
    return made.computeIfAbsent(
        bias + " " + beta,
        k -> {
          TensorProto old = index.constant(bias).orElseThrow();
          double[] b = weights.doubles(old);
          String name = editor.freshName(bias.name() + "_corrected");
          editor.addInitializer(
              bias.graph(),
              weights.append(
                  name,
                  DataType.of(old.getDataType()).orElseThrow(),
                  old.getDimsList(),
                  i -> b[(int) i] + values[(int) i] / beta));
          return name;
        });
  }

  /** δ alone, in the type that the use computes in; [out, 1] where outputs are columns. */
  private String alone(Use use) {
    boolean columns = use.role().weightIsLeft() && use.role() != Site.Role.CONV;
    DataType type = use.cast().orElse(site.type());
    return made.computeIfAbsent(
        type + " " + columns,
        k -> {
          String name = editor.freshName(site.weight().name() + "_correction");
          long out = delta.getDims(0);
          editor.addInitializer(
              site.weight().graph(),
              weights.append(
                  name, type, columns ? List.of(out, 1L) : List.of(out), i -> values[(int) i]));
          return name;
        });
  }
}
