package io.greenformers.engine.op;

import static io.greenformers.engine.op.SmallGraph.integer;
import static io.greenformers.engine.op.SmallGraph.longs;
import static io.greenformers.engine.op.SmallGraph.real;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import io.greenformers.engine.torch.TorchTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Gradients of every element of every weight against central differences, in fp64. */
final class GradientTest {
  private static final double STEP = 1e-5;

  /** Central differences err by the square of the step, and by rounding over the step. */
  private static final double TOLERANCE = 1e-7;

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> everyElement() {
    Map<String, SmallGraph> graphs = new LinkedHashMap<>();
    graphs.put(
        "gemm",
        floats()
            .weight("w", 5, 4)
            .weight("b", 5)
            .node("Reshape", "flat", "x shape")
            .integers("shape", -1, 4)
            .node(
                "Gemm",
                "y",
                "flat w b",
                integer("transB", 1),
                real("alpha", 0.5),
                real("beta", 2)));
    graphs.put(
        "matmul",
        floats()
            .weight("w", 4, 3)
            .weight("u", 3, 2)
            .node("MatMul", "h", "x w")
            .node("MatMul", "y", "h u"));
    graphs.put(
        "convolution",
        floats()
            .weight("w", 4, 3, 3)
            .weight("b", 4)
            .node("Conv", "y", "x w b", longs("pads", 1L, 2L), longs("strides", 2L)));
    graphs.put(
        "grouped convolution",
        floats()
            .weight("w", 6, 1, 2)
            .node("Conv", "y", "x w", integer("group", 3), longs("dilations", 2L)));
    graphs.put(
        "layer norm",
        floats().weight("w", 4).weight("b", 4).node("LayerNormalization", "y", "x w b"));
    graphs.put("layer norm in steps", decomposedLayerNorm());
    graphs.put("gelu in steps", decomposedGelu());
    graphs.put("tanh gelu in steps", decomposedTanhGelu());
    graphs.put("attention in steps", decomposedAttention());
    graphs.put(
        "softmax",
        floats()
            .weight("w", 4, 4)
            .node("MatMul", "h", "x w")
            .node("Softmax", "y", "h", integer("axis", 1)));
    graphs.put(
        "embedding, twice used",
        new SmallGraph(DataType.INT64)
            .weight("w", 6, 4)
            .node("Gather", "h", "w x")
            .node("Transpose", "t", "w", longs("perm", 1L, 0L))
            .node("MatMul", "y", "h t"));
    return graphs.entrySet().stream()
        .flatMap(e ->
            Stream.of(true, false)
                .map(fused ->
                    DynamicTest.dynamicTest(
                        e.getKey() + (fused ? ", fused" : ", plain"),
                        () -> check(e.getValue(), fused))));
  }

  private static SmallGraph floats() {
    return new SmallGraph(DataType.FLOAT);
  }

  private static SmallGraph decomposedLayerNorm() {
    return floats()
        .weight("w", 4)
        .weight("b", 4)
        .weight("p", 4, 4)
        .scalar("two", 2)
        .scalar("epsilon", 1e-5)
        .node("MatMul", "h", "x p")
        .node("ReduceMean", "mean", "h", longs("axes", -1L))
        .node("Sub", "d", "h mean")
        .node("Pow", "square", "d two")
        .node("ReduceMean", "variance", "square", longs("axes", -1L))
        .node("Add", "shifted", "variance epsilon")
        .node("Sqrt", "deviation", "shifted")
        .node("Div", "normal", "d deviation")
        .node("Mul", "scaled", "normal w")
        .node("Add", "y", "scaled b");
  }

  private static SmallGraph decomposedGelu() {
    return floats()
        .weight("p", 4, 4)
        .scalar("root", Math.sqrt(2))
        .scalar("one", 1)
        .scalar("half", 0.5)
        .node("MatMul", "h", "x p")
        .node("Div", "q", "h root")
        .node("Erf", "e", "q")
        .node("Add", "s", "e one")
        .node("Mul", "m", "h s")
        .node("Mul", "y", "m half");
  }

  private static SmallGraph decomposedTanhGelu() {
    return floats()
        .weight("p", 4, 4)
        .scalar("three", 3)
        .scalar("cubic", 0.044715)
        .scalar("scale", Math.sqrt(2 / Math.PI))
        .scalar("one", 1)
        .scalar("half", 0.5)
        .node("MatMul", "h", "x p")
        .node("Mul", "halved", "h half")
        .node("Pow", "cube", "h three")
        .node("Mul", "c", "cubic cube")
        .node("Add", "sum", "h c")
        .node("Mul", "scaled", "scale sum")
        .node("Tanh", "t", "scaled")
        .node("Add", "s", "one t")
        .node("Mul", "y", "halved s");
  }

  private static SmallGraph decomposedAttention() {
    return floats()
        .weight("q", 4, 4)
        .weight("k", 4, 4)
        .weight("v", 4, 4)
        .weight("bias", 2, 3, 3)
        .scalar("divisor", 1.4)
        .integers("split", 0, 0, 2, 2)
        .node("MatMul", "xq", "x q")
        .node("MatMul", "xk", "x k")
        .node("MatMul", "xv", "x v")
        .node("Reshape", "rq", "xq split")
        .node("Reshape", "rk", "xk split")
        .node("Reshape", "rv", "xv split")
        .node("Transpose", "tq", "rq", longs("perm", 0L, 2L, 1L, 3L))
        .node("Transpose", "tk", "rk", longs("perm", 0L, 2L, 3L, 1L))
        .node("Transpose", "tv", "rv", longs("perm", 0L, 2L, 1L, 3L))
        .node("MatMul", "scores", "tq tk")
        .node("Div", "scaled", "scores divisor")
        .node("Add", "biased", "scaled bias")
        .node("Softmax", "p", "biased", integer("axis", -1))
        .node("MatMul", "y", "p tv");
  }

  private void check(SmallGraph graph, boolean fused) throws IOException {
    OnnxModel model = graph.read(scratch);
    ExecutorSettings settings =
        new ExecutorSettings(
            ComputeDevice.CPU,
            ComputeType.FLOAT64,
            name -> name.length() == 1 || name.equals("bias"),
            fused);
    Torch.seed(3);
    try (var weights = model.weights();
        Scope scope = new Scope();
        GraphExecutor executor = GraphExecutor.of(model, settings)) {
      boolean indices =
          model.proto().getGraph().getInput(0).getType().getTensorType().getElemType()
              == DataType.INT64.number();
      Tensor x =
          indices
              ? TorchTensors.of(new long[] {0, 5, -1, 2, 2, 0}, 2, 3)
              : torch.randn(new long[] {2, 3, 4}, new TensorOptions(ScalarType.Double));
      Loss loss = new Loss(executor, Map.of("x", x));
      loss.backward();
      assertThat(executor.parameters()).isNotEmpty();
      executor.parameters().forEach((name, w) -> check(name, w, loss));
    }
  }

  private static void check(String name, Tensor weight, Loss loss) {
    double[] gradient = TorchTensors.doubles(weight.grad());
    try (Torch.Guard guard = Torch.withoutGradients()) {
      Tensor flat = weight.view(-1);
      for (int i = 0; i < gradient.length; i++) {
        Tensor element = flat.select(0, i);
        element.add_(new Scalar(STEP));
        double above = loss.value();
        element.add_(new Scalar(-2 * STEP));
        double below = loss.value();
        element.add_(new Scalar(STEP));
        assertThat(gradient[i])
            .as("%s[%d]", name, i)
            .isCloseTo((above - below) / (2 * STEP), within(TOLERANCE));
      }
    }
  }

  /** A weighted sum of y. */
  private record Loss(GraphExecutor executor, Map<String, Tensor> feeds) {

    void backward() {
      try (Outputs outputs = executor.run(feeds, Set.of("y"))) {
        weighted(outputs.get("y")).backward();
      }
    }

    double value() {
      try (Outputs outputs = executor.infer(feeds, Set.of("y"))) {
        return weighted(outputs.get("y")).item_double();
      }
    }

    private static Tensor weighted(Tensor y) {
      Tensor weights =
          torch.arange(new Scalar((double) y.numel()), new TensorOptions(ScalarType.Double)).sin();
      return y.reshape(-1).mul(weights).sum();
    }
  }
}
