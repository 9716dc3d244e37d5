package io.greenformers.core.site;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site.Role;
import io.greenformers.core.site.Site.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds every weight matrix that some node uses as {@code MatMul}, {@code Gemm}, {@code Conv},
 * {@code Gather} or one of ONNX Runtime's fused operators does, however the weight reaches it: as
 * an initializer or a {@code Constant}, through {@code Identity}, {@code Transpose} and {@code
 * Cast}.
 *
 * <p>A site that cannot be replaced safely is found too, with its obstacle:
 *
 * <ol>
 *   <li>a caller may override the weight (it is an input as well), or reads it (it is an output);
 *   <li>another node needs the weight itself, so that it would have to stay beside its factors;
 *   <li>its elements do not fit in an array;
 *   <li>{@code EmbedLayerNormalization} looks it up: a table inside of that node has no factors.
 * </ol>
 */
public final class SiteFinder {
  private final OnnxModel model;
  private final GraphIndex index;
  private final Map<String, Integer> names = new HashMap<>();

  private SiteFinder(OnnxModel model, GraphIndex index) {
    this.model = model;
    this.index = index;
  }

  /** The sites of a model, in the order of their weights' first definition. */
  public static List<Site> find(OnnxModel model, GraphIndex index) {
    SiteFinder finder = new SiteFinder(model, index);
    List<Site> sites = new ArrayList<>();
    for (int g = 0; g < index.graphCount(); g++) {
      for (TensorProto tensor : index.graph(g).getInitializerList()) {
        finder.site(new Value(g, tensor.getName()), tensor).ifPresent(sites::add);
      }
      for (NodeProto node : index.graph(g).getNodeList()) {
        int graph = g;
        constant(node)
            .flatMap(t -> finder.site(new Value(graph, node.getOutput(0)), t))
            .ifPresent(sites::add);
      }
    }
    return sites;
  }

  private static Optional<TensorProto> constant(NodeProto node) {
    return Nodes.is(node, "Constant") && node.getOutputCount() == 1
        ? Nodes.attribute(node, "value").filter(AttributeProto::hasT).map(AttributeProto::getT)
        : Optional.empty();
  }

  private Optional<Site> site(Value weight, TensorProto tensor) {
    boolean matrix =
        tensor.getDimsCount() >= 2 && tensor.getDimsList().stream().allMatch(d -> d > 0);
    if (!matrix || !DataType.of(tensor.getDataType()).orElseThrow().isFloating()) {
      return Optional.empty();
    }
    Trace trace = new Trace(tensor.getDimsCount());
    trace.follow(weight, false, Optional.empty());
    if (trace.uses.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Site(
            name(weight, trace.uses.getFirst()),
            kind(trace.uses),
            weight,
            tensor,
            trace.uses,
            obstacle(weight, tensor, trace)));
  }

  private Optional<String> obstacle(Value weight, TensorProto tensor, Trace trace) {
    if (index.isInput(weight) && !model.initializersAreInputs()) {
      return Optional.of("is an input of the model too: a caller may override it");
    }
    if (Tensors.elements(tensor.getDimsList()) > Integer.MAX_VALUE - 8) {
      return Optional.of("has more elements than fit in one working set");
    }
    return trace.obstacle;
  }

  private String name(Value weight, Use first) {
    String node = index.node(first.node()).getName();
    String name = node.isEmpty() ? weight.name() : node;
    int count = names.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "#" + count;
  }

  private Site.Kind kind(List<Use> uses) {
    if (uses.stream().anyMatch(u -> u.role() == Role.GATHER || u.role() == Role.EMBED_NORM)) {
      return Site.Kind.EMBEDDING;
    }
    return uses.getFirst().role() == Role.CONV ? Site.Kind.CONV : Site.Kind.LINEAR;
  }

  /** Follows a weight forward to the nodes that compute with it. */
  private final class Trace {
    private final int dimensions;
    private final List<Use> uses = new ArrayList<>();
    private Optional<String> obstacle = Optional.empty();

    Trace(int dimensions) {
      this.dimensions = dimensions;
    }

    void follow(Value value, boolean transposed, Optional<DataType> cast) {
      if (index.isOutput(value)) {
        obstruct("is an output of the graph too");
      }
      for (GraphIndex.Use use : index.uses(value)) {
        NodeProto node = index.node(use.node());
        Optional<DataType> castHere = castTarget(node);
        if (Nodes.is(node, "Identity")) {
          follow(output(use.node()), transposed, cast);
        } else if (isMatrixTranspose(node)) {
          follow(output(use.node()), !transposed, cast);
        } else if (castHere.isPresent()) {
          follow(output(use.node()), transposed, castHere);
        } else {
          arrive(use, transposed, cast);
        }
      }
    }

    private void arrive(GraphIndex.Use use, boolean transposed, Optional<DataType> cast) {
      NodeProto node = index.node(use.node());
      Optional<Role> role = role(use);
      if (role.filter(r -> r == Role.EMBED_NORM).isPresent()) {
        obstruct("is a table that node %s looks up itself".formatted(Nodes.describe(node)));
        uses.add(new Use(use.node(), Role.EMBED_NORM, transposed, cast));
      } else if (role.isEmpty()) {
        obstruct("is also used by node %s, which needs it whole".formatted(Nodes.describe(node)));
      } else if (isConstant(use)) {
        obstruct("meets another constant in node %s".formatted(Nodes.describe(node)));
      } else {
        boolean flipped = transposed ^ Roles.flips(node, role.get());
        uses.add(new Use(use.node(), role.get(), flipped, cast));
      }
    }

    private Optional<Role> role(GraphIndex.Use use) {
      NodeProto node = index.node(use.node());
      if (dimensions > 2) {
        boolean oneGroup = Nodes.intAttribute(node, "group", 1) == 1;
        return Nodes.is(node, "Conv") && use.input() == 1 && oneGroup
            ? Optional.of(Role.CONV)
            : Optional.empty();
      }
      return Roles.ofMatrix(node, use.input());
    }

    /** Whether the other operand is a constant as well: then the node is one, and not ours. */
    private boolean isConstant(GraphIndex.Use use) {
      int other = 1 - use.input();
      return index
          .input(use.node(), other)
          .filter(v -> index.initializer(v).isPresent() && !index.isInput(v))
          .isPresent();
    }

    private void obstruct(String reason) {
      if (obstacle.isEmpty()) {
        obstacle = Optional.of(reason);
      }
    }
  }

  private Value output(NodeRef node) {
    return new Value(node.graph(), index.node(node).getOutput(0));
  }

  private static boolean isMatrixTranspose(NodeProto node) {
    return Nodes.is(node, "Transpose")
        && Nodes.attribute(node, "perm")
            .map(a -> a.getIntsList().equals(List.of(1L, 0L)))
            .orElse(true);
  }

  private static Optional<DataType> castTarget(NodeProto node) {
    return Nodes.is(node, "Cast")
        ? DataType.of((int) Nodes.intAttribute(node, "to", 0)).filter(DataType::isFloating)
        : Optional.empty();
  }
}
