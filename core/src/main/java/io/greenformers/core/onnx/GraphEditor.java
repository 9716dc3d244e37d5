package io.greenformers.core.onnx;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The only way to change a model: collects edits, then builds a new model.
 *
 * <p>What an edit leaves without use (initializers, and nodes that only prepared them) is removed;
 * what was unused before stays. The model given is not modified. Not thread-safe.
 */
public final class GraphEditor {
  private final OnnxModel model;
  private final GraphIndex index;
  private final Set<String> names;
  private final Map<NodeRef, List<NodeProto>> replacements = new HashMap<>();
  private final Map<Integer, List<TensorProto>> added = new HashMap<>();
  private final List<NodeProto> appended = new ArrayList<>();
  private final List<ValueInfoProto> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final Map<String, Long> imports = new LinkedHashMap<>();

  public GraphEditor(OnnxModel model, GraphIndex index) {
    this.model = model;
    this.index = index;
    this.names = Names.of(index);
  }

  /** A name that no value or node of any graph has: the wish, or the wish with a number. */
  public String freshName(String wish) {
    String name = wish;
    for (int i = 1; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  /**
   * Puts nodes in the place of one. Together they must produce the values that it produced.
   *
   * @param node may be replaced once
   */
  public void replace(NodeRef node, List<NodeProto> replacement) {
    if (replacements.put(node, List.copyOf(replacement)) != null) {
      throw new IllegalStateException(
          "node %s was replaced already".formatted(Nodes.describe(index.node(node))));
    }
  }

  /** Whether the node was replaced by an earlier edit. */
  public boolean isReplaced(NodeRef node) {
    return replacements.containsKey(node);
  }

  /** Adds an initializer to a graph; its name must be fresh. */
  public void addInitializer(int graph, TensorProto tensor) {
    added.computeIfAbsent(graph, g -> new ArrayList<>()).add(tensor);
  }

  /** Appends a node to the main graph, after all others. */
  public void append(NodeProto node) {
    appended.add(node);
  }

  /** Adds an input to the model, after the ones it has; its name must be fresh. */
  public void addInput(String name, DataType type, List<Long> dims) {
    inputs.add(declaration(name, type.number(), dims));
  }

  /**
   * Makes a value of the main graph an output of the model too, after the ones it has. Its type is
   * left to be inferred, so the result is for running, not for keeping.
   */
  public void addOutput(String value) {
    outputs.add(value);
  }

  /**
   * Makes sure that the model imports a set of operators, in this version where it does not yet.
   */
  public void importOperators(String domain, long version) {
    imports.putIfAbsent(domain, version);
  }

  /** Builds the changed model. */
  public OnnxModel apply() {
    Leftovers leftovers = Leftovers.of(index, replacements);
    ModelProto.Builder changed = model.proto().toBuilder().setGraph(rebuild(0, leftovers));
    model.proto().getOpsetImportList().forEach(o -> imports.remove(o.getDomain()));
    imports.forEach((domain, version) ->
        changed.addOpsetImport(
            OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    return model.with(changed.build());
  }

  private GraphProto rebuild(int id, Leftovers leftovers) {
    GraphProto graph = index.graph(id);
    GraphProto.Builder built = graph.toBuilder().clearNode().clearInitializer();
    Set<String> removed = new HashSet<>();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeRef ref = new NodeRef(id, i);
      if (replacements.containsKey(ref)) {
        built.addAllNode(replacements.get(ref));
      } else if (leftovers.nodes().contains(ref)) {
        removed.addAll(graph.getNode(i).getOutputList());
      } else {
        built.addNode(rebuildSubgraphs(ref, leftovers));
      }
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      if (leftovers.initializers().contains(new Value(id, tensor.getName()))) {
        removed.add(tensor.getName());
      } else {
        built.addInitializer(tensor);
      }
    }
    List<TensorProto> more = added.getOrDefault(id, List.of());
    built.addAllInitializer(more);
    if (model.initializersAreInputs()) {
      renameInputs(built, removed, more);
    }
    dropDeclarations(built, removed);
    if (id == 0) {
      built.addAllNode(appended);
      built.addAllInput(inputs);
      outputs.forEach(name -> built.addOutput(ValueInfoProto.newBuilder().setName(name)));
    }
    return built.build();
  }

  private NodeProto rebuildSubgraphs(NodeRef ref, Leftovers leftovers) {
    NodeProto node = index.node(ref);
    if (Nodes.subgraphs(node).isEmpty()) {
      return node;
    }
    int next = index.firstSubgraph(ref);
    NodeProto.Builder rebuilt = node.toBuilder();
    for (AttributeProto.Builder attribute : rebuilt.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(rebuild(next, leftovers));
        next = index.after(next);
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, rebuild(next, leftovers));
        next = index.after(next);
      }
    }
    return rebuilt.build();
  }

  private static void renameInputs(
      GraphProto.Builder graph, Set<String> removed, List<TensorProto> more) {
    List<ValueInfoProto> inputs =
        graph.getInputList().stream().filter(i -> !removed.contains(i.getName())).toList();
    graph.clearInput().addAllInput(inputs);
    more.forEach(t -> graph.addInput(declaration(t.getName(), t.getDataType(), t.getDimsList())));
  }

  private static ValueInfoProto declaration(String name, int type, List<Long> dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    dims.forEach(d -> shape.addDimBuilder().setDimValue(d));
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static void dropDeclarations(GraphProto.Builder graph, Set<String> removed) {
    if (removed.isEmpty()) {
      return;
    }
    List<ValueInfoProto> kept =
        graph.getValueInfoList().stream().filter(v -> !removed.contains(v.getName())).toList();
    graph.clearValueInfo().addAllValueInfo(kept);
  }
}
