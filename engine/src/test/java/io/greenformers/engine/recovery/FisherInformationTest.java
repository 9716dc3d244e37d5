package io.greenformers.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.engine.data.Label;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.op.ExecutorSettings;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.torch.ComputeDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the formula, of y = Embed[id]·W with the loss (y − t)². */
final class FisherInformationTest {
  private static final int TOKENS = 5;
  private static final int WIDTH = 3;
  private static final double TOLERANCE = 1e-4;

  @TempDir Path directory;

  private final Random random = new Random(3);
  private final float[] table = floats(TOKENS * WIDTH);
  private final float[] weight = floats(WIDTH);

  @Test
  void meansOfSquaredGradientsPerText() throws IOException {
    double[] embed = new double[TOKENS];
    double[] rows = new double[WIDTH];
    List<TextBatch> texts = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      int id = random.nextInt(TOKENS - 1);
      double target = random.nextGaussian();
      texts.add(text(id, target));
      double error = -target;
      double norm = 0;
      for (int k = 0; k < WIDTH; k++) {
        error += table[id * WIDTH + k] * weight[k];
        norm += weight[k] * weight[k];
      }
      embed[id] += 4 * error * error * norm / 7;
      for (int k = 0; k < WIDTH; k++) {
        rows[k] += Math.pow(2 * error * table[id * WIDTH + k], 2) / 7;
      }
    }
    Map<String, double[]> byRows = measure(texts, true);
    assertThat(byRows.get("table")).containsExactly(embed, within(TOLERANCE));
    assertThat(byRows.get("w")).containsExactly(rows, within(TOLERANCE));
    assertThat(measure(texts, false).get("w"))
        .containsExactly(new double[] {Arrays.stream(rows).sum()}, within(TOLERANCE));
  }

  private Map<String, double[]> measure(List<TextBatch> texts, boolean byRows) throws IOException {
    OnnxModel model = model();
    try (WeightStore weights = model.weights();
        GraphExecutor executor =
            GraphExecutor.of(
                model, ExecutorSettings.inference(ComputeDevice.CPU).training(name -> true))) {
      return new FisherInformation(executor, ComputeDevice.CPU, name -> byRows)
          .sums(texts, done -> {});
    }
  }

  private static TextBatch text(int id, double target) {
    TextExample example =
        new TextExample(1, "t", Optional.empty(), new Label.OfValue((float) target));
    return new TextBatch(Map.of("ids", number(id)), number(1), List.of(example));
  }

  private static Tensor number(long value) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    return new Tensor(ElementType.INT64, List.of(1L, 1L), bytes.putLong(value).flip());
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private OnnxModel model() throws IOException {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("regression")
            .addInput(value("ids", DataType.INT64))
            .addOutput(value("y", DataType.FLOAT))
            .addInitializer(tensor("table", table, TOKENS, WIDTH))
            .addInitializer(tensor("w", weight, WIDTH, 1))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("shape")
                    .setDataType(DataType.INT64.number())
                    .addDims(2)
                    .addInt64Data(-1)
                    .addInt64Data(WIDTH))
            .addNode(node("Gather", "x", "table", "ids"))
            .addNode(node("Reshape", "flat", "x", "shape"))
            .addNode(node("MatMul", "y", "flat", "w"))
            .build();
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    Path file = Files.write(directory.resolve("model.onnx"), model.toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static TensorProto tensor(String name, float[] values, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT.number());
    for (long size : shape) {
      tensor.addDims(size);
    }
    for (float element : values) {
      tensor.addFloatData(element);
    }
    return tensor.build();
  }

  private static ValueInfoProto value(String name, DataType type) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(type.number());
    return value.build();
  }
}
