package io.greenformers.engine.recovery;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.torch.TorchTensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Writes trained weights back into the graph that they came from. */
public final class RecoveredModel {
  private RecoveredModel() {}

  /**
   * The same graph with other values, each in the type that the model stores it in.
   *
   * @param student whose parameters are initializers of the main graph
   */
  public static OnnxModel of(OnnxModel model, GraphExecutor student) {
    Map<String, Tensor> trained = student.parameters();
    GraphProto.Builder graph = model.proto().getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto initializer = graph.getInitializer(i);
      Tensor weight = trained.get(initializer.getName());
      if (weight != null) {
        graph.setInitializer(i, stored(model, initializer, TorchTensors.copy(weight)));
      }
    }
    return new OnnxModel(
        model.proto().toBuilder().setGraph(graph).build(),
        model.weights(),
        model.externalFiles(),
        model.fileBytes());
  }

  private static TensorProto stored(
      OnnxModel model, TensorProto was, io.greenformers.engine.runtime.Tensor weight) {
    if (weight.type() != ElementType.FLOAT && weight.type() != ElementType.DOUBLE) {
      throw new IllegalArgumentException("expected fp32 or fp64 masters, found " + weight.type());
    }
    return model
        .weights()
        .append(
            was.getName(),
            Tensors.type(was),
            was.getDimsList(),
            place -> weight.get(Math.toIntExact(place)));
  }
}
