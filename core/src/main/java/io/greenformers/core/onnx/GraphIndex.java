package io.greenformers.core.onnx;

import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who produces and who consumes each value of a model, over all nested graphs. Immutable.
 *
 * <p>Graphs are numbered in depth-first order, the main graph is 0. Functions are not entered.
 */
public final class GraphIndex {

  /** A node's place: its graph, and its position there. */
  public record NodeRef(int graph, int position) {}

  /** A value's identity: the graph that defines it, and its name (names may recur in branches). */
  public record Value(int graph, String name) {}

  /** A node reads a value at one of its inputs. */
  public record Use(NodeRef node, int input) {}

  /** A graph and what it defines; {@code parent} is the graph around it, -1 for the main graph. */
  private record Scope(GraphProto graph, int parent, Map<String, Definition> definitions) {}

  private static final class Definition {
    Optional<NodeRef> producer = Optional.empty();
    Optional<TensorProto> initializer = Optional.empty();
    Optional<ValueInfoProto> type = Optional.empty();
    boolean input;
  }

  private final ModelProto model;
  private final List<Scope> scopes = new ArrayList<>();
  private final Map<Value, List<Use>> uses = new HashMap<>();
  private final Set<Value> outputs = new HashSet<>();
  private final Map<NodeRef, Integer> firstSubgraph = new HashMap<>();

  private GraphIndex(ModelProto model) {
    this.model = model;
    index(model.getGraph(), -1);
  }

  /** Indexes a valid model. */
  public static GraphIndex of(OnnxModel model) {
    return new GraphIndex(model.proto());
  }

  static GraphIndex of(ModelProto model) {
    return new GraphIndex(model);
  }

  public ModelProto model() {
    return model;
  }

  public int graphCount() {
    return scopes.size();
  }

  public GraphProto graph(int graph) {
    return scopes.get(graph).graph();
  }

  public NodeProto node(NodeRef ref) {
    return graph(ref.graph()).getNode(ref.position());
  }

  /** All nodes, nested graphs included, each graph's in its order. */
  public List<NodeRef> nodes() {
    List<NodeRef> nodes = new ArrayList<>();
    for (int g = 0; g < scopes.size(); g++) {
      for (int i = 0; i < graph(g).getNodeCount(); i++) {
        nodes.add(new NodeRef(g, i));
      }
    }
    return nodes;
  }

  /** The number of the first graph in the node's attributes; the others follow it in order. */
  int firstSubgraph(NodeRef node) {
    return firstSubgraph.getOrDefault(node, scopes.size());
  }

  /** The number that follows a graph and all graphs nested in it. */
  int after(int graph) {
    int next = graph + 1;
    while (next < scopes.size() && scopes.get(next).parent() >= graph) {
      next++;
    }
    return next;
  }

  /** What a name means in a graph: its own definition, or the one of an enclosing graph. */
  public Optional<Value> resolve(int graph, String name) {
    for (int g = graph; g >= 0; g = scopes.get(g).parent()) {
      if (scopes.get(g).definitions().containsKey(name)) {
        return Optional.of(new Value(g, name));
      }
    }
    return Optional.empty();
  }

  /** The value that a node reads at an input; empty where the input is absent. */
  public Optional<Value> input(NodeRef node, int position) {
    return Nodes.input(node(node), position).flatMap(name -> resolve(node.graph(), name));
  }

  public Optional<NodeRef> producer(Value value) {
    return definition(value).producer;
  }

  /** The nodes that read the value, in any graph; nodes that capture it in a nested graph too. */
  public List<Use> uses(Value value) {
    return List.copyOf(uses.getOrDefault(value, List.of()));
  }

  public Optional<TensorProto> initializer(Value value) {
    return definition(value).initializer;
  }

  /**
   * The tensor that a value always is: of an initializer that no caller can override, or of a
   * {@code Constant}.
   */
  public Optional<TensorProto> constant(Value value) {
    Definition found = definition(value);
    if (found.initializer.isPresent()) {
      return found.input && model.getIrVersion() >= 4 ? Optional.empty() : found.initializer;
    }
    return found
        .producer
        .map(this::node)
        .filter(n -> Nodes.is(n, "Constant"))
        .flatMap(n -> Nodes.attribute(n, "value"))
        .filter(AttributeProto::hasT)
        .map(AttributeProto::getT);
  }

  /** Whether the value is an input of its graph (an initializer may be one as well). */
  public boolean isInput(Value value) {
    return definition(value).input;
  }

  /** Whether the value is an output of any graph. */
  public boolean isOutput(Value value) {
    return outputs.contains(value);
  }

  /** The element type and shape that the model declares for a value, where it does. */
  public Optional<TypeProto.Tensor> type(Value value) {
    return definition(value)
        .type
        .filter(info -> info.getType().hasTensorType())
        .map(info -> info.getType().getTensorType());
  }

  private Definition definition(Value value) {
    Definition found = scopes.get(value.graph()).definitions().get(value.name());
    if (found == null) {
      throw new IllegalArgumentException(
          "no value '%s' in graph %d".formatted(value.name(), value.graph()));
    }
    return found;
  }

  private void index(GraphProto graph, int parent) {
    int id = scopes.size();
    Map<String, Definition> definitions = new HashMap<>();
    scopes.add(new Scope(graph, parent, definitions));
    define(graph, id, definitions);
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeRef ref = new NodeRef(id, i);
      NodeProto node = graph.getNode(i);
      for (int input = 0; input < node.getInputCount(); input++) {
        Use use = new Use(ref, input);
        input(ref, input).ifPresent(v -> uses.computeIfAbsent(v, k -> new ArrayList<>()).add(use));
      }
      firstSubgraph.put(ref, scopes.size());
      Nodes.subgraphs(node).forEach(g -> index(g, id));
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      resolve(id, output.getName()).ifPresent(outputs::add);
    }
  }

  private static void define(GraphProto graph, int id, Map<String, Definition> definitions) {
    for (ValueInfoProto input : graph.getInputList()) {
      Definition d = definitions.computeIfAbsent(input.getName(), k -> new Definition());
      d.input = true;
      d.type = Optional.of(input);
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      definitions.computeIfAbsent(tensor.getName(), k -> new Definition()).initializer =
          Optional.of(tensor);
    }
    graph
        .getSparseInitializerList()
        .forEach(s -> definitions.computeIfAbsent(s.getValues().getName(), k -> new Definition()));
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String output : graph.getNode(i).getOutputList()) {
        if (!output.isEmpty()) {
          definitions.computeIfAbsent(output, k -> new Definition()).producer =
              Optional.of(new NodeRef(id, i));
        }
      }
    }
    for (List<ValueInfoProto> infos : List.of(graph.getOutputList(), graph.getValueInfoList())) {
      for (ValueInfoProto info : infos) {
        Definition d = definitions.get(info.getName());
        if (d != null && d.type.isEmpty()) {
          d.type = Optional.of(info);
        }
      }
    }
  }
}
