package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Whether what is added to scores [batch, heads, S, L] is a bias of positions, as of T5 (rows of a
 * table by distance) or ALiBi (distances times slopes): numbers whose mean stands for them.
 *
 * <p>Masks are none: what they shut out must stay shut out. So nothing may come from an input, a
 * comparison, a choice, or a constant of two values only.
 */
final class PositionBias {
  /** Of a table that is read: 4096² for a head. */
  private static final long MOST_ELEMENTS = 1L << 24;

  /** The least that exporters shut places out with. */
  private static final float OF_MASKS = 1e4f;

  private static final Set<String> OF_ONE =
      Set.of(
          "Identity",
          "Cast",
          "Neg",
          "Abs",
          "Sqrt",
          "Log",
          "Transpose",
          "Unsqueeze",
          "Squeeze",
          "Reshape",
          "Slice",
          "Expand",
          "Gather");
  private static final Set<String> OF_ALL =
      Set.of("Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "Concat");
  private static final Set<String> NUMBERS = Set.of("Range", "Shape", "Size");

  private final GraphIndex index;
  private final FloatConstants constants;
  private final ValueProof proof = new ValueProof(this::holds);

  PositionBias(AttentionContext context) {
    this.index = context.index();
    this.constants = context.constants();
  }

  boolean holds(Value value) {
    return proof.holds(value);
  }

  private boolean holds(Value value, Predicate<Value> operands) {
    Optional<TensorProto> constant = constants.tensor(value).or(() -> index.constant(value));
    if (constant.isPresent()) {
      return isTable(value, constant.get());
    }
    Optional<NodeRef> producer = index.producer(value);
    if (producer.isEmpty()) {
      return false;
    }
    NodeProto node = index.node(producer.get());
    String operator = node.getOpType();
    if (!Nodes.is(node, operator)) {
      return false;
    }
    int inputs =
        OF_ONE.contains(operator) ? 1 : OF_ALL.contains(operator) ? node.getInputCount() : 0;
    return NUMBERS.contains(operator)
        || (inputs > 0
            && IntStream.range(0, inputs)
                .mapToObj(i -> index.input(producer.get(), i))
                .allMatch(input -> input.filter(operands).isPresent()));
  }

  /** Not a matrix of what may be seen and what may not. */
  private boolean isTable(Value value, TensorProto tensor) {
    List<Long> dims = tensor.getDimsList();
    if (Tensors.elements(dims) > MOST_ELEMENTS) {
      return false;
    }
    boolean matrix = dims.size() > 1 && dims.getLast() > 1 && dims.get(dims.size() - 2) > 1;
    DataType type = Tensors.type(tensor);
    if (type == DataType.INT64 || type == DataType.INT32) {
      return !matrix;
    }
    Optional<float[]> numbers = constants.floats(value);
    return numbers.filter(PositionBias::areSmall).isPresent() && (!matrix || differ(numbers.get()));
  }

  private static boolean areSmall(float[] numbers) {
    for (float number : numbers) {
      if (!(Math.abs(number) < OF_MASKS)) {
        return false;
      }
    }
    return true;
  }

  private static boolean differ(float[] numbers) {
    Set<Float> distinct = new HashSet<>();
    for (int i = 0; i < numbers.length && distinct.size() < 3; i++) {
      distinct.add(numbers[i]);
    }
    return distinct.size() > 2;
  }
}
