package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto.Dimension;
import io.greenformers.core.onnx.proto.TypeProto;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which axes of a model's values have equal sizes in every run.
 *
 * <p>One walk over the nodes in their order: shapes go forward, and so do the few integers that
 * exporters compute shapes from. What no rule covers has no shape, or that of its declaration.
 */
final class SymbolicShapes {
  private static final int MOST_INTEGERS = 16;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final OnnxModel model;
  private final GraphIndex index;
  private final Map<Value, List<Dim>> shapes = new HashMap<>();
  private final Map<Value, List<Dim>> integers = new HashMap<>();

  private SymbolicShapes(OnnxModel model, GraphIndex index) {
    this.model = model;
    this.index = index;
  }

  static SymbolicShapes of(OnnxModel model, GraphIndex index) {
    SymbolicShapes shapes = new SymbolicShapes(model, index);
    index.nodes().forEach(shapes::visit);
    return shapes;
  }

  /** The shape of a value; empty where not even the number of its axes is known. */
  Optional<List<Dim>> shape(Value value) {
    List<Dim> known = shapes.get(value);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<List<Dim>> found =
        index.constant(value).map(SymbolicShapes::dims).or(() -> declared(value));
    found.ifPresent(dims -> shapes.put(value, dims));
    return found;
  }

  /** The integers that a value of at most one axis holds, where they are few and known. */
  Optional<List<Dim>> integers(Value value) {
    List<Dim> known = integers.get(value);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<List<Dim>> found = index.constant(value).flatMap(this::elements);
    found.ifPresent(dims -> integers.put(value, dims));
    return found;
  }

  private void visit(NodeRef ref) {
    NodeProto node = index.node(ref);
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (!node.getOutput(i).isEmpty()) {
        visit(new NodeShapes(this, index, ref, new Value(ref.graph(), node.getOutput(i)), i));
      }
    }
  }

  private void visit(NodeShapes at) {
    try {
      new ShapeRules(at)
          .shape()
          .ifPresent(dims -> shapes.put(at.result(), refined(at.result(), dims)));
      boolean vector = shape(at.result()).filter(dims -> dims.size() <= 1).isPresent();
      if (vector) {
        new IntegerRules(at).integers().ifPresent(dims -> integers.put(at.result(), dims));
      }
    } catch (IndexOutOfBoundsException e) {
      // the shapes contradict the node: no run can succeed, and there is nothing to know
      shapes.remove(at.result());
    }
  }

  /** What no rule could tell may be declared. */
  private List<Dim> refined(Value value, List<Dim> dims) {
    Optional<List<Dim>> declared = declared(value).filter(d -> d.size() == dims.size());
    if (declared.isEmpty()) {
      return dims;
    }
    List<Dim> refined = new ArrayList<>(dims);
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i).equals(new Dim.Axis(value, i))) {
        refined.set(i, declared.get().get(i));
      }
    }
    return List.copyOf(refined);
  }

  private Optional<List<Dim>> declared(Value value) {
    return index
        .type(value)
        .filter(TypeProto.Tensor::hasShape)
        .map(type -> {
          List<Dim> dims = new ArrayList<>();
          for (Dimension d : type.getShape().getDimList()) {
            dims.add(
                d.hasDimValue()
                    ? new Dim.Size(d.getDimValue())
                    : d.getDimParam().isEmpty()
                        ? new Dim.Axis(value, dims.size())
                        : new Dim.Named(d.getDimParam()));
          }
          return List.copyOf(dims);
        });
  }

  private static List<Dim> dims(TensorProto tensor) {
    return tensor.getDimsList().stream().map(d -> (Dim) new Dim.Size(d)).toList();
  }

  Optional<List<Dim>> elements(TensorProto tensor) {
    DataType type = Tensors.type(tensor);
    long count = Tensors.elements(tensor.getDimsList());
    boolean integral = type == DataType.INT64 || type == DataType.INT32;
    if (!integral || tensor.getDimsCount() > 1 || count > MOST_INTEGERS) {
      return Optional.empty();
    }
    MemorySegment bytes = model.weights().bytes(tensor);
    List<Dim> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(
          new Dim.Size(
              type == DataType.INT64 ? bytes.getAtIndex(LONG, i) : bytes.getAtIndex(INT, i)));
    }
    return Optional.of(List.copyOf(elements));
  }
}
