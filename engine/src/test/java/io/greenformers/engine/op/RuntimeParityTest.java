package io.greenformers.engine.op;

import static io.greenformers.engine.op.SmallGraph.integer;
import static io.greenformers.engine.op.SmallGraph.longs;
import static io.greenformers.engine.op.SmallGraph.real;
import static io.greenformers.engine.op.SmallGraph.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import io.greenformers.engine.torch.TorchTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Operators that ONNX's own tests lack, against ONNX Runtime. */
final class RuntimeParityTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> operators() {
    Map<String, SmallGraph> graphs = new LinkedHashMap<>();
    graphs.put("BiasGelu", floats().weight("b", 8).microsoft("BiasGelu", "y", "x b"));
    graphs.put("FastGelu", floats().weight("b", 8).microsoft("FastGelu", "y", "x b"));
    graphs.put("Gelu", floats().microsoft("Gelu", "y", "x"));
    graphs.put("QuickGelu", floats().microsoft("QuickGelu", "y", "x"));
    graphs.put(
        "FusedMatMul",
        floats()
            .weight("w", 5, 8)
            .microsoft("FusedMatMul", "y", "x w", integer("transB", 1), real("alpha", 0.3)));
    graphs.put(
        "FusedGemm",
        floats()
            .weight("w", 8, 5)
            .weight("b", 5)
            .integers("shape", -1, 8)
            .node("Reshape", "flat", "x shape")
            .microsoft("FusedGemm", "y", "flat w b", text("activation", "Relu")));
    graphs.put(
        "SkipLayerNormalization",
        floats()
            .weight("g", 8)
            .weight("b", 8)
            .weight("c", 8)
            .node("Tanh", "t", "x")
            .microsoft("SkipLayerNormalization", "y", "x t g b c", real("epsilon", 1e-5)));
    graphs.put(
        "SkipSimplifiedLayerNormalization",
        floats()
            .weight("g", 8)
            .node("Tanh", "t", "x")
            .microsoft("SkipSimplifiedLayerNormalization", "y", "x t g", real("epsilon", 1e-5)));
    graphs.put(
        "SimplifiedLayerNormalization",
        floats().weight("g", 8).node("SimplifiedLayerNormalization", "y", "x g"));
    for (String mask : new String[] {"_", "mask"}) {
      for (long causal = 0; causal < 2; causal++) {
        graphs.put(
            "Attention, mask " + mask + ", unidirectional " + causal,
            masked()
                .weight("w", 8, 24)
                .weight("b", 24)
                .microsoft(
                    "Attention",
                    "y",
                    "x w b " + mask,
                    integer("num_heads", 2),
                    integer("unidirectional", causal)));
      }
      graphs.put(
          "MultiHeadAttention, mask " + mask,
          masked()
              .weight("b", 24)
              .weight("p", 1, 2, 4, 4)
              .node("Tanh", "k", "x")
              .node("Sin", "v", "x")
              .microsoft(
                  "MultiHeadAttention", "y", "x k v b " + mask + " p", integer("num_heads", 2)));
    }
    graphs.put(
        "RotaryEmbedding",
        floats()
            .weight("cos", 6, 2)
            .weight("sin", 6, 2)
            .integers("start", 1)
            .microsoft("RotaryEmbedding", "y", "x start cos sin"));
    graphs.put(
        "dynamic quantization",
        floats()
            .weight("w", 8, 5)
            .scalar("scale", 0.01)
            .node("QuantizeLinear", "q", "w scale")
            .node("DynamicQuantizeLinear", "xq xs xz", "x")
            .node("MatMulInteger", "i", "xq q xz")
            .node("Cast", "f", "i", integer("to", DataType.FLOAT.number()))
            .node("Mul", "s", "f xs")
            .node("Mul", "y", "s scale"));
    graphs.put(
        "DequantizeLinear per channel",
        floats()
            .weight("w", 8, 3)
            .weight("positive", 3)
            .node("Exp", "scales", "positive")
            .node("QuantizeLinear", "q", "w scales", integer("axis", 1))
            .node("DequantizeLinear", "d", "q scales", integer("axis", 1))
            .node("MatMul", "y", "x d"));
    graphs.put(
        "GroupQueryAttention",
        floats()
            .weight("wq", 8, 32)
            .weight("wk", 8, 16)
            .integers("last", 3, 3)
            .integers("all", 4)
            .node("Cast", "last32", "last", integer("to", DataType.INT32.number()))
            .node("Cast", "all32", "all", integer("to", DataType.INT32.number()))
            .node("MatMul", "q", "x wq")
            .node("MatMul", "k", "x wk")
            .node("Tanh", "v", "k")
            .microsoft(
                "GroupQueryAttention",
                "y pk pv",
                "q k v _ _ last32 all32",
                integer("num_heads", 4),
                integer("kv_num_heads", 2)));
    graphs.put("Loop", loop());
    graphs.put("Scan, one output backwards", scan());
    return graphs.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getValue())));
  }

  /** h = tanh(h·w) until it is small or five times; the sums of all of them. */
  private static SmallGraph loop() {
    SmallGraph body =
        floats()
            .scalar("least", 0.2)
            .node("MatMul", "product", "h w")
            .node("Tanh", "next", "product")
            .node("ReduceMax", "largest", "next", integer("keepdims", 0))
            .node("Greater", "again", "largest least")
            .node("ReduceSum", "total", "next", integer("keepdims", 0));
    return floats()
        .weight("w", 8, 8)
        .integers("count", 5)
        .integers("yes", 1)
        .node("Squeeze", "trips", "count")
        .node("Squeeze", "one", "yes")
        .node("Cast", "start", "one", integer("to", DataType.BOOL.number()))
        .node(
            "Loop",
            "final totals",
            "trips start x",
            SmallGraph.body("body", "trip: condition: h:2,4,8", "again: next:2,4,8 total:", body))
        .node("ReduceSum", "sum", "totals", integer("keepdims", 0))
        .node("Add", "y", "final sum");
  }

  private static SmallGraph scan() {
    SmallGraph body = floats().node("Add", "state", "before slice").node("Tanh", "part", "state");
    return floats()
        .weight("zero", 4, 8)
        .node(
            "Scan",
            "last parts",
            "zero x",
            integer("num_scan_inputs", 1),
            longs("scan_output_directions", 1L),
            SmallGraph.body("body", "before:4,8 slice:4,8", "state:4,8 part:4,8", body))
        .node("Add", "y", "last parts");
  }

  private static SmallGraph floats() {
    return new SmallGraph(DataType.FLOAT);
  }

  /** With a mask that hides the last of four keys. */
  private static SmallGraph masked() {
    return floats()
        .integers("ones", 1, 1, 1, 0)
        .integers("batch", 2, 4)
        .node("Expand", "wide", "ones batch")
        .node("Cast", "mask", "wide", integer("to", DataType.INT32.number()));
  }

  private void check(SmallGraph graph) throws IOException {
    OnnxModel model = graph.read(scratch);
    Torch.seed(5);
    try (var weights = model.weights();
        Scope scope = new Scope();
        ModelSession session =
            ModelSession.open(
                ModelWriter.write(model, scratch, "written.onnx").model(), Optimization.NONE);
        GraphExecutor executor =
            GraphExecutor.of(model, ExecutorSettings.inference(ComputeDevice.CPU))) {
      Tensor x = torch.randn(new long[] {2, 4, 8}, new TensorOptions(ScalarType.Float));
      var expected = session.run(Map.of("x", TorchTensors.copy(x)));
      Tensor reference = TorchTensors.of(Objects.requireNonNull(expected.get("y")));
      try (Outputs outputs = executor.run(Map.of("x", x), executor.outputs())) {
        Tensor y = outputs.get("y");
        assertThat(y.shape()).isEqualTo(reference.shape());
        assertThat(y.sub(reference).abs().max().item_double())
            .isLessThanOrEqualTo(TOLERANCE * reference.abs().max().item_double());
      }
    }
  }
}
