package io.greenformers.engine.op;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.TorchTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Initializers and outputs of {@code Constant} nodes, loaded once. The caller owns them. */
final class Constants {
  /** Longer integer tensors are data, not shapes. */
  private static final long MOST_HOST_ELEMENTS = 64;

  private Constants() {}

  /** The constants of a graph by name, those of nested graphs left out. */
  static Map<String, Tensor> of(GraphProto graph, RunContext context) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    graph
        .getInitializerList()
        .forEach(t -> constants.put(t.getName(), placed(tensor(t, context), context)));
    for (NodeProto node : graph.getNodeList()) {
      if (isConstant(node)) {
        constants.put(node.getOutput(0), placed(value(node, context), context));
      }
    }
    return constants;
  }

  static boolean isConstant(NodeProto node) {
    return Nodes.is(node, "Constant");
  }

  /** A tensor of the model in the run's types, on the host. */
  static Tensor tensor(TensorProto proto, WeightStore weights, ComputeType type) {
    Tensor stored = TorchTensors.of(proto, weights);
    ScalarType wanted = type.of(stored.scalar_type());
    return stored.scalar_type().intern() == wanted ? stored : stored.to(wanted);
  }

  private static Tensor tensor(TensorProto proto, RunContext context) {
    return tensor(proto, context.weights(), context.settings().type());
  }

  private static Tensor value(NodeProto node, RunContext context) {
    AttributeProto value =
        node.getAttributeList().stream()
            .filter(a -> a.getName().startsWith("value"))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("a Constant without a dense value"));
    return switch (value.getName()) {
      case "value" -> tensor(value.getT(), context);
      case "value_int" -> TorchTensors.of(new long[] {value.getI()});
      case "value_ints" -> {
        long[] values = value.getIntsList().stream().mapToLong(Long::longValue).toArray();
        yield TorchTensors.of(values, values.length);
      }
      case "value_float" -> floats(List.of(value.getF()), context).squeeze();
      case "value_floats" -> floats(value.getFloatsList(), context);
      default ->
          throw new IllegalArgumentException("a Constant with '%s'".formatted(value.getName()));
    };
  }

  private static Tensor floats(List<Float> values, RunContext context) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return Tensor.create(array, array.length).to(context.settings().type().of(ScalarType.Float));
  }

  private static Tensor placed(Tensor tensor, RunContext context) {
    boolean shape = !tensor.is_floating_point() && tensor.numel() <= MOST_HOST_ELEMENTS;
    return shape ? tensor : context.settings().device().place(tensor);
  }
}
