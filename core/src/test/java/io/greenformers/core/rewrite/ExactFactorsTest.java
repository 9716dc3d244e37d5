package io.greenformers.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExactFactorsTest {
  /** Elements are below 4 and fp32 factors of length up to 40 are multiplied. */
  private static final double ROUNDING = 2e-5;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"40, 24, false", "24, 40, false", "16, 16, false", "40, 24, true", "24, 40, true"})
  void theirProductIsTheWeightAndNeitherIsIt(int rows, int columns, boolean transposed)
      throws Exception {
    OnnxModel model = model(rows, columns, transposed);
    try (WeightStore weights = model.weights()) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      assertThat(site.allTransposed()).isEqualTo(transposed);
      Factors factors = new ExactFactors(weights).of(site);
      float[] w = weights.floats(site.tensor());
      float[] left = weights.floats(factors.left());
      float[] right = weights.floats(factors.right());
      int m = transposed ? columns : rows;
      int n = transposed ? rows : columns;
      int r = Math.min(m, n);
      assertThat(factors.left().getDimsList()).containsExactly((long) m, (long) r);
      double offIdentity = 0;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int k = 0; k < r; k++) {
            sum += left[i * r + k] * right[k * n + j];
          }
          assertThat(sum)
              .isCloseTo(w[transposed ? j * columns + i : i * columns + j], within(ROUNDING));
          offIdentity = Math.max(offIdentity, Math.abs(w[0] - left[0]));
        }
      }
      assertThat(offIdentity).isGreaterThan(ROUNDING);
    }
  }

  /** Gemm(x, W [rows, columns]), or with transB. */
  private OnnxModel model(int rows, int columns, boolean transposed) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(rows * columns * 4).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(9);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) Math.clamp(random.nextGaussian(), -4, 4));
    }
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x"))
            .addOutput(value("y"))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("w")
                    .setDataType(1)
                    .addDims(rows)
                    .addDims(columns)
                    .setRawData(ByteString.copyFrom(bytes.flip())));
    NodeProto.Builder node =
        graph.addNodeBuilder().setOpType("Gemm").addInput("x").addInput("w").addOutput("y");
    node.addAttributeBuilder().setName("transB").setType(AttributeProto.AttributeType.INT).setI(transposed ? 1 : 0);
    Path file = directory.resolve("model.onnx");
    Files.write(
        file,
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build()
            .toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private static ValueInfoProto value(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)))
        .build();
  }
}
