package io.greenformers.engine.calibration;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics of the windows of convolutions, against windows cut in plain Java. */
final class WindowMomentsTest {
  private static final int BATCH = 2;
  private static final int CHANNELS = 3;
  private static final int OUT = 4;
  private static final double TOLERANCE = 1e-4;

  @TempDir Path directory;

  private final Random random = new Random(3);

  @Test
  void ofASequence() throws IOException {
    float[] signal = floats(BATCH * CHANNELS * 9);
    NodeProto conv = conv(ints("strides", 2), ints("dilations", 2), ints("pads", 1, 0));
    List<double[]> windows = new ArrayList<>();
    for (int b = 0; b < BATCH; b++) {
      // 1 + 9 places, a window of 1 + 2·2: at -1, 1 and 3
      for (int start = -1; start + 4 < 9; start += 2) {
        double[] window = new double[CHANNELS * 3];
        for (int c = 0; c < CHANNELS; c++) {
          for (int k = 0; k < 3; k++) {
            int at = start + 2 * k;
            window[c * 3 + k] = at < 0 ? 0 : signal[(b * CHANNELS + c) * 9 + at];
          }
        }
        windows.add(window);
      }
    }
    assertAlike(moments(conv, List.of(9L), List.of(3L), signal), windows);
  }

  @Test
  void ofAnImageWhoseLastWindowsReachBeyondIt() throws IOException {
    float[] signal = floats(BATCH * CHANNELS * 5 * 4);
    NodeProto conv =
        conv(
            ints("strides", 2, 1),
            AttributeProto.newBuilder()
                .setName("auto_pad")
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("SAME_UPPER"))
                .build());
    List<double[]> windows = new ArrayList<>();
    for (int b = 0; b < BATCH; b++) {
      // 3 by 4 places: rows are padded by (3 - 1)·2 + 2 - 5 = 1, columns by 3 - 1 = 2
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 4; x++) {
          double[] window = new double[CHANNELS * 2 * 3];
          for (int i = 0; i < window.length; i++) {
            int c = i / 6;
            int row = 2 * y + i % 6 / 3;
            int column = x - 1 + i % 3;
            boolean inside = row < 5 && column >= 0 && column < 4;
            window[i] = inside ? signal[((b * CHANNELS + c) * 5 + row) * 4 + column] : 0;
          }
          windows.add(window);
        }
      }
    }
    assertAlike(moments(conv, List.of(5L, 4L), List.of(2L, 3L), signal), windows);
  }

  private static void assertAlike(Moments moments, List<double[]> windows) {
    assertThat(moments.count()).isEqualTo(windows.size());
    int n = windows.getFirst().length;
    for (int i = 0; i < n; i++) {
      int row = i;
      assertThat(moments.mean(i))
          .isEqualTo(mean(windows.stream().map(w -> w[row]).toList()), within(TOLERANCE));
      for (int j = 0; j < n; j++) {
        int column = j;
        assertThat(moments.second(i, j))
            .isEqualTo(
                mean(windows.stream().map(w -> w[row] * w[column]).toList()), within(TOLERANCE));
      }
    }
  }

  private static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private Moments moments(NodeProto conv, List<Long> space, List<Long> kernel, float[] signal)
      throws IOException {
    int places = kernel.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
    OnnxModel model = model(conv, kernel, floats(OUT * CHANNELS * places), space.size());
    List<Long> shape = new ArrayList<>(List.of((long) BATCH, (long) CHANNELS));
    shape.addAll(space);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(signal.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(signal);
    GraphIndex index = GraphIndex.of(model);
    Site site = SiteFinder.find(model, index).getFirst();
    Map<String, Tensor> batch = Map.of("x", new Tensor(ElementType.FLOAT, shape, bytes));
    Calibration calibration = new Calibration(model, index, List.of(batch), InputCounts.none());
    return calibration
        .observe(List.of(site), this::write, fraction -> {})
        .moments(site)
        .orElseThrow();
  }

  private Path write(OnnxModel model) {
    try {
      Path to = Files.createTempDirectory(directory, "observed");
      return ModelWriter.write(model, to, "model.onnx").model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private OnnxModel model(NodeProto conv, List<Long> kernel, float[] weights, int dimensions)
      throws IOException {
    List<Long> shape = new ArrayList<>(List.of((long) OUT, (long) CHANNELS));
    shape.addAll(kernel);
    double[] numbers = new double[weights.length];
    Arrays.setAll(numbers, i -> weights[i]);
    ModelProto proto =
        Graphs.model(
            GraphProto.newBuilder()
                .addInput(value("x", DataType.FLOAT, axes("x", dimensions)))
                .addOutput(value("y", DataType.FLOAT, axes("y", dimensions)))
                .addInitializer(tensor("w", DataType.FLOAT, shape, numbers))
                .addNode(conv));
    Path file = Files.createTempFile(directory, "model", ".onnx");
    return ModelReader.read(ModelFiles.of(Files.write(file, proto.toByteArray())), directory);
  }

  private static NodeProto conv(AttributeProto... attributes) {
    return node("Conv", "y", "x", "w").addAllAttribute(List.of(attributes)).build();
  }

  private static AttributeProto ints(String name, long... values) {
    return attribute(name, Arrays.stream(values).boxed().toList());
  }

  private static Object[] axes(String name, int dimensions) {
    return IntStream.range(0, 2 + dimensions).mapToObj(i -> name + i).toArray();
  }
}
