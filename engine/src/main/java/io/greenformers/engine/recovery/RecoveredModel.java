package io.greenformers.engine.recovery;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
        graph.setInitializer(i, stored(model, initializer, weight));
      }
    }
    return new OnnxModel(
        model.proto().toBuilder().setGraph(graph).build(),
        model.weights(),
        model.externalFiles(),
        model.fileBytes());
  }

  private static TensorProto stored(OnnxModel model, TensorProto was, Tensor weight) {
    try (Scope scope = new Scope()) {
      Tensor doubles = weight.detach().cpu().to(ScalarType.Double);
      TensorProto.Builder stored = TensorProto.newBuilder();
      TorchTensors.read(
          doubles,
          elements ->
              stored.mergeFrom(
                  model
                      .weights()
                      .append(
                          was.getName(),
                          Tensors.type(was),
                          was.getDimsList(),
                          place -> elements.getAtIndex(ValueLayout.JAVA_DOUBLE, place))));
      return stored.build();
    }
  }
}
