import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Writes a large ONNX model with external data: pairs of linears, width → 4·width → width, each with
 * a residual, as in a transformer's feed-forward blocks. Weights have falling spectra.
 *
 * <p>{@code java -cp core.jar:lib/* benchmarks/LargeModel.java DIRECTORY WIDTH GIGABYTES}
 */
final class LargeModel {
  private static final int LARGEST_WRITE = 1 << 24;

  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    int width = Integer.parseInt(args[1]);
    long bytes = (long) (Double.parseDouble(args[2]) * 1e9);
    int pairs = (int) Math.ceilDiv(bytes, 2L * width * 4 * width * Float.BYTES);
    GraphProto.Builder graph = GraphProto.newBuilder().setName("large");
    graph.addInput(value("x", width)).addOutput(value("x" + pairs, width));
    try (FileChannel data =
        FileChannel.open(
            directory.resolve("model.onnx.data"),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (int pair = 0; pair < pairs; pair++) {
        graph.addInitializer(weight(data, "up" + pair, width, 4 * width, pair));
        graph.addInitializer(weight(data, "down" + pair, 4 * width, width, pair));
        String x = pair == 0 ? "x" : "x" + pair;
        graph.addNode(node("MatMul", "hidden" + pair, x, "up" + pair));
        graph.addNode(node("Tanh", "active" + pair, "hidden" + pair));
        graph.addNode(node("MatMul", "out" + pair, "active" + pair, "down" + pair));
        graph.addNode(node("Add", "x" + (pair + 1), x, "out" + pair));
      }
    }
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    Files.write(directory.resolve("model.onnx"), model.toByteArray());
    System.out.printf(
        "%d linears, %,d bytes%n", 2 * pairs, Files.size(directory.resolve("model.onnx.data")));
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setName(output).setOpType(operator).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node.build();
  }

  private static ValueInfoProto value(String name, int width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  /** Noise, and over it a few strong directions. */
  private static TensorProto weight(FileChannel data, String name, int rows, int columns, int seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(name.hashCode() * 31L + seed);
    int strong = 32;
    float[][] left = noise(random, strong, rows);
    float[][] right = noise(random, strong, columns);
    long offset = data.size();
    data.position(offset);
    ByteBuffer chunk = ByteBuffer.allocateDirect(LARGEST_WRITE).order(ByteOrder.LITTLE_ENDIAN);
    double scale = 0.5 / Math.sqrt(rows);
    for (int i = 0; i < rows; i++) {
      if (chunk.remaining() < columns * Float.BYTES) {
        drain(chunk, data);
      }
      for (int j = 0; j < columns; j++) {
        double sum = random.nextDouble() - 0.5;
        for (int k = 0; k < strong; k += 8) {
          sum += left[k][i] * right[k][j] / (1 + k);
        }
        chunk.putFloat((float) (scale * sum));
      }
    }
    drain(chunk, data);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(rows)
        .addDims(columns)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "model.onnx.data"))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString((long) rows * columns * Float.BYTES)))
        .build();
  }

  private static float[][] noise(SplittableRandom random, int vectors, int length) {
    float[][] noise = new float[vectors][length];
    for (float[] vector : noise) {
      for (int i = 0; i < length; i++) {
        vector[i] = (float) (random.nextDouble() - 0.5);
      }
    }
    return noise;
  }

  private static void drain(ByteBuffer chunk, FileChannel data) throws IOException {
    chunk.flip();
    while (chunk.hasRemaining()) {
      data.write(chunk);
    }
    chunk.clear();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
