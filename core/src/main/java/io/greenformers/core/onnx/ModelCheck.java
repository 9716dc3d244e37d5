package io.greenformers.core.onnx;

import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.SparseTensorProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Validates a parsed model, in this order: versions, tensors, names, order, functions, shapes.
 *
 * <p>Every walk is bounded by the size of the file and by {@link #MOST_NESTED_GRAPHS}.
 */
final class ModelCheck {
  /** How deep graphs may be nested in graphs ({@code If} in {@code Loop} in …). */
  static final int MOST_NESTED_GRAPHS = 40;

  static final int OLDEST_IR = 3;
  static final int NEWEST_IR = 14;
  static final int OLDEST_OPSET = 11;
  static final int NEWEST_OPSET = 27;

  private final ModelProto model;
  private final WeightStore weights;
  private final Set<String> domains = new HashSet<>();

  private ModelCheck(ModelProto model, WeightStore weights) {
    this.model = model;
    this.weights = weights;
  }

  /** Returns the model with its nodes in topological order. */
  static ModelProto check(ModelProto model, WeightStore weights) {
    return new ModelCheck(model, weights).check();
  }

  private ModelProto check() {
    if (!model.hasGraph()) {
      throw new InvalidModelException(
          Fault.NO_GRAPH, "the file holds no graph; expected an ONNX model");
    }
    checkVersions();
    checkContents(model.getGraph(), 0);
    model
        .getFunctionsList()
        .forEach(f -> checkNodes(f.getNodeList(), "function " + f.getName(), 0));
    FunctionCheck.check(model.getFunctionsList());
    if (model.getGraph().getOutputCount() == 0) {
      throw new InvalidModelException(
          Fault.NO_GRAPH, "the graph has no output; expected one or more");
    }
    ModelProto sorted =
        model.toBuilder().setGraph(NodeOrder.sort(model.getGraph())).clearTrainingInfo().build();
    ShapeCheck.check(GraphIndex.of(sorted));
    return sorted;
  }

  private void checkVersions() {
    long ir = model.getIrVersion();
    if (ir < OLDEST_IR || ir > NEWEST_IR) {
      throw new InvalidModelException(
          Fault.IR_VERSION,
          "the model has IR version %d; expected %d to %d".formatted(ir, OLDEST_IR, NEWEST_IR));
    }
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      if (!domains.add(Domains.isDefault(opset.getDomain()) ? "" : opset.getDomain())) {
        throw new InvalidModelException(
            Fault.OPSET, "operator set '%s' is imported twice".formatted(opset.getDomain()));
      }
      boolean known = opset.getVersion() >= OLDEST_OPSET && opset.getVersion() <= NEWEST_OPSET;
      if (Domains.isDefault(opset.getDomain()) && !known) {
        throw new InvalidModelException(
            Fault.OPSET,
            "the model uses opset %d; expected %d to %d; export it again with one of these"
                .formatted(opset.getVersion(), OLDEST_OPSET, NEWEST_OPSET));
      }
    }
    if (!domains.contains("")) {
      throw new InvalidModelException(
          Fault.OPSET, "the model imports no version of the default operator set");
    }
    model.getFunctionsList().forEach(f -> domains.add(f.getDomain()));
  }

  private void checkContents(GraphProto graph, int depth) {
    if (depth > MOST_NESTED_GRAPHS) {
      throw new InvalidModelException(
          Fault.TOO_DEEP,
          "graph '%s' is nested %d deep; expected at most %d"
              .formatted(graph.getName(), depth, MOST_NESTED_GRAPHS));
    }
    graph.getInitializerList().forEach(t -> Tensors.check(t, weights));
    graph.getSparseInitializerList().forEach(this::checkSparse);
    checkNodes(graph.getNodeList(), "graph " + graph.getName(), depth);
  }

  private void checkNodes(List<NodeProto> nodes, String where, int depth) {
    for (NodeProto node : nodes) {
      checkDomain(node, where);
      node.getAttributeList().forEach(a -> checkAttribute(a, depth));
    }
  }

  private void checkDomain(NodeProto node, String where) {
    String domain = Domains.isDefault(node.getDomain()) ? "" : node.getDomain();
    boolean defined =
        Domains.isKnown(domain)
            || model.getFunctionsList().stream().anyMatch(f -> f.getDomain().equals(domain));
    if (!defined || !domains.contains(domain)) {
      throw new InvalidModelException(
          Fault.UNKNOWN_DOMAIN,
          "node %s in %s is of domain '%s', which %s; custom operators are not supported"
              .formatted(
                  Nodes.describe(node),
                  where,
                  domain,
                  defined ? "the model does not import" : "no runtime here knows"));
    }
  }

  private void checkAttribute(AttributeProto attribute, int depth) {
    if (attribute.hasT()) {
      Tensors.check(attribute.getT(), weights);
    }
    attribute.getTensorsList().forEach(t -> Tensors.check(t, weights));
    if (attribute.hasSparseTensor()) {
      checkSparse(attribute.getSparseTensor());
    }
    attribute.getSparseTensorsList().forEach(this::checkSparse);
    if (attribute.hasG()) {
      checkContents(attribute.getG(), depth + 1);
    }
    attribute.getGraphsList().forEach(g -> checkContents(g, depth + 1));
  }

  private void checkSparse(SparseTensorProto sparse) {
    Tensors.check(sparse.getValues(), weights);
    Tensors.check(sparse.getIndices(), weights);
    TensorProto dense =
        sparse.getValues().toBuilder().clearDims().addAllDims(sparse.getDimsList()).build();
    Tensors.checkedElements(dense, Tensors.type(dense));
  }
}
