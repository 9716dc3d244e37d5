package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Constants that a pass may look into, through {@code Identity}, and the types that they prove. */
final class FloatConstants {
  private static final int FARTHEST_PROOF = 16;

  /** Operators whose first two inputs and first output have one type. */
  private static final Set<String> TYPE_OF_TWO =
      Set.of("Add", "Mul", "Sub", "Div", "MatMul", "Gemm", "LayerNormalization", "Concat");

  /** Operators whose first input and first output have one type. */
  private static final Set<String> TYPE_OF_ONE =
      Set.of(
          "Split",
          "Reshape",
          "Transpose",
          "Unsqueeze",
          "Squeeze",
          "Slice",
          "Expand",
          "Neg",
          "Identity");

  private final OnnxModel model;
  private final GraphIndex index;
  private final ValueProof floats = new ValueProof(this::isFloat);

  FloatConstants(OnnxModel model, GraphIndex index) {
    this.model = model;
    this.index = index;
  }

  /** The tensor that a value always is, of fp32. */
  Optional<TensorProto> tensor(Value value) {
    Optional<Value> origin = Optional.of(value);
    for (int i = 0; i < FARTHEST_PROOF && origin.isPresent(); i++) {
      Optional<TensorProto> constant = origin.flatMap(index::constant);
      if (constant.isPresent()) {
        return constant.filter(t -> Tensors.type(t) == DataType.FLOAT);
      }
      origin =
          origin
              .flatMap(index::producer)
              .filter(ref -> Nodes.is(index.node(ref), "Identity"))
              .flatMap(ref -> index.input(ref, 0));
    }
    return Optional.empty();
  }

  /** The elements of a constant of fp32. */
  Optional<float[]> floats(Value value) {
    return tensor(value).map(model.weights()::floats);
  }

  /** A constant vector [size] of fp32. */
  Optional<float[]> vector(Value value, long size) {
    return tensor(value)
        .filter(t -> t.getDimsCount() == 1 && t.getDims(0) == size)
        .map(model.weights()::floats);
  }

  /** A constant of one element and at most one axis, of fp32. */
  Optional<Float> scalar(Value value) {
    return tensor(value)
        .filter(t -> t.getDimsCount() <= 1 && Tensors.elements(t.getDimsList()) == 1)
        .map(t -> model.weights().floats(t)[0]);
  }

  /** Whether a value is certainly of fp32: by its declaration, or by a constant it is made with. */
  boolean provesFloat(Value value) {
    return floats.holds(value);
  }

  private boolean isFloat(Value value, Predicate<Value> operands) {
    if (index.type(value).filter(t -> t.getElemType() != 0).isPresent()) {
      return index.type(value).get().getElemType() == DataType.FLOAT.number();
    }
    if (tensor(value).isPresent()) {
      return true;
    }
    Optional<GraphIndex.NodeRef> producer = index.producer(value);
    if (producer.isEmpty()) {
      return false;
    }
    NodeProto node = index.node(producer.get());
    String operator = node.getOpType();
    if (!Nodes.is(node, operator)) {
      return false;
    }
    int inputs = TYPE_OF_TWO.contains(operator) ? 2 : TYPE_OF_ONE.contains(operator) ? 1 : 0;
    for (int i = inputs - 1; i >= 0; i--) {
      if (index.input(producer.get(), i).filter(operands).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
