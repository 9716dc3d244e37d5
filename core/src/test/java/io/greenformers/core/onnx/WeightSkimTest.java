package io.greenformers.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WeightSkimTest {
  private static final long SEED = 11;
  private static final int NESTED = 32;

  @TempDir Path directory;

  /** x · large + small, where small is in a Constant's attribute. */
  private static ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x"))
                .addOutput(value("z"))
                .addInitializer(tensor("large", 32, 32))
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("Constant")
                        .addOutput("bias")
                        .addAttribute(
                            AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(tensor("", 20, 32))))
                .addNode(node("MatMul", "y", "x", "large"))
                .addNode(node("Add", "z", "y", "bias")))
        .build();
  }

  private static NodeProto node(String operator, String output, String left, String right) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addInput(left)
        .addInput(right)
        .addOutput(output)
        .build();
  }

  private static ValueInfoProto value(String name) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimValue(20);
    shape.addDimBuilder().setDimValue(32);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  private static TensorProto tensor(String name, int rows, int columns) {
    Random random = new Random(SEED);
    ByteBuffer bytes = ByteBuffer.allocate(rows * columns * 4).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(rows)
        .addDims(columns)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  @Test
  void leavesLargeWeightsInTheFileAndGivesTheirBytes() throws Exception {
    Path file = Files.write(directory.resolve("model.onnx"), model().toByteArray());
    OnnxModel read = ModelReader.read(ModelFiles.of(file), directory);
    try (WeightStore weights = read.weights()) {
      TensorProto weight = read.proto().getGraph().getInitializer(0);
      assertThat(weight.hasRawData()).isFalse();
      assertThat(read.proto().getSerializedSize()).isLessThan(1000);
      assertThat(read.externalFiles()).isEmpty();
      TensorProto original = model().getGraph().getInitializer(0);
      assertThat(weights.bytes(weight).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
          .isEqualTo(original.getRawData().toByteArray());
    }
  }

  @Test
  void isTheSameModelWhenWrittenAgain() throws Exception {
    Path file = Files.write(directory.resolve("model.onnx"), model().toByteArray());
    Path out = Files.createDirectory(directory.resolve("out"));
    OnnxModel read = ModelReader.read(ModelFiles.of(file), directory);
    ModelWriter.write(read, out, "copy.onnx");
    read.weights().close();
    assertThat(ModelProto.parseFrom(Files.readAllBytes(out.resolve("copy.onnx"))))
        .isEqualTo(model());
  }

  @Test
  void copiesWhatIsCutShortAnywhere() {
    byte[] whole = model().toByteArray();
    for (int length = 0; length < whole.length; length += 7) {
      ByteString skimmed = WeightSkim.of(ByteBuffer.wrap(whole, 0, length).slice(), NESTED);
      assertThat(parses(skimmed.toByteArray()))
          .as("cut at %d", length)
          .isEqualTo(parses(java.util.Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void leavesTensorsAloneThatNameExternalData() {
    TensorProto both =
        tensor("w", 32, 32).toBuilder().setDataLocation(DataLocation.EXTERNAL).build();
    ModelProto model =
        ModelProto.newBuilder().setGraph(GraphProto.newBuilder().addInitializer(both)).build();
    ByteString skimmed = WeightSkim.of(ByteBuffer.wrap(model.toByteArray()), NESTED);
    assertThat(skimmed).isEqualTo(model.toByteString());
  }

  @Test
  void survivesRandomDamage() {
    byte[] whole = model().toByteArray();
    Random random = new Random(SEED);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(200)] = (byte) random.nextInt();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      ByteString skimmed = WeightSkim.of(ByteBuffer.wrap(damaged), NESTED);
      if (!parses(damaged)) {
        assertThat(parses(skimmed.toByteArray())).as("seed %d, round %d", SEED, i).isFalse();
      }
    }
  }

  private static boolean parses(byte[] bytes) {
    try {
      return ModelProto.parseFrom(bytes).isInitialized();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      return false;
    }
  }
}
