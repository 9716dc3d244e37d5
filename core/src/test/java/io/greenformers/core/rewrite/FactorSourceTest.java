package io.greenformers.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.greenformers.core.linalg.FixedRankSolver;
import io.greenformers.core.linalg.InputWeighting.Covariance;
import io.greenformers.core.linalg.InputWeighting.None;
import io.greenformers.core.linalg.InputWeighting.Rows;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
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
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class FactorSourceTest {
  private static final long SEED = 3;
  private static final int IN = 12;
  private static final int OUT = 8;

  @TempDir Path directory;

  /** Gemm(x [4, IN], W): W is [IN, OUT], or [OUT, IN] where transposed. */
  private OnnxModel model(DataType type, boolean transposed) throws Exception {
    NodeProto.Builder gemm =
        NodeProto.newBuilder()
            .setName("site")
            .setOpType("Gemm")
            .addInput("x")
            .addInput("w")
            .addOutput("y");
    if (transposed) {
      gemm.addAttribute(
          AttributeProto.newBuilder()
              .setName("transB")
              .setType(AttributeProto.AttributeType.INT)
              .setI(1));
    }
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(
                GraphProto.newBuilder()
                    .setName("g")
                    .addInput(value("x", type, IN))
                    .addOutput(value("y", type, OUT))
                    .addInitializer(weight(type, transposed))
                    .addNode(gemm))
            .build();
    Path file = Files.write(directory.resolve("model.onnx"), model.toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private static ValueInfoProto value(String name, DataType type, int width) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimValue(4);
    shape.addDimBuilder().setDimValue(width);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(shape)))
        .build();
  }

  private static TensorProto weight(DataType type, boolean transposed) {
    double[] a = a();
    ByteBuffer bytes = ByteBuffer.allocate(a.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < a.length; i++) {
      double value = transposed ? a[(i % IN) * OUT + i / IN] : a[i];
      switch (type) {
        case DOUBLE -> bytes.putDouble(value);
        case FLOAT -> bytes.putFloat((float) value);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
        default -> bytes.putShort((short) (Float.floatToIntBits((float) value) >>> 16));
      }
    }
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(type.number())
        .addDims(transposed ? OUT : IN)
        .addDims(transposed ? IN : OUT)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  /** A [IN, OUT] row-major, of few bits, so that every type holds it. */
  private static double[] a() {
    Random random = new Random(SEED);
    return IntStream.range(0, IN * OUT).mapToDouble(i -> random.nextInt(-64, 65) / 32.0).toArray();
  }

  private static double[] product(WeightStore weights, Factors factors) {
    int rank = (int) factors.rank();
    double[] left = weights.doubles(factors.left());
    double[] right = weights.doubles(factors.right());
    double[] product = new double[IN * OUT];
    for (int i = 0; i < IN; i++) {
      for (int j = 0; j < OUT; j++) {
        for (int k = 0; k < rank; k++) {
          product[i * OUT + j] += left[i * rank + k] * right[k * OUT + j];
        }
      }
    }
    return product;
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
  void reproducesTheWeightAtFullRankInItsType(DataType type) throws Exception {
    OnnxModel model = model(type, false);
    try (WeightStore weights = model.weights()) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      Factors factors = new FactorSource(weights, SvdSolver.best()).decompose(site).factors();
      assertThat(factors.left().getDataType()).isEqualTo(type.number());
      double tolerance =
          switch (type) {
            case DOUBLE -> 1e-12;
            case FLOAT -> 1e-5;
            case FLOAT16 -> 2e-2;
            default -> 2e-1;
          };
      assertThat(product(weights, factors)).containsExactly(a(), within(tolerance));
    }
  }

  /** The inputs weigh the rows of A however W is stored. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void fitsTheRowsThatMatter(boolean transposed) throws Exception {
    OnnxModel model = model(DataType.FLOAT, transposed);
    try (WeightStore weights = model.weights()) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      double[] rows = new double[IN];
      rows[2] = 5;
      rows[7] = 1;
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      assertThat(FactorSource.inputs(site, site.uses().getFirst())).isEqualTo(IN);
      FullRank two = source.decompose(site, new Rows(rows), 2);
      assertThat(two.factors().rank()).isEqualTo(2);
      double[] fitted = product(weights, two.factors());
      for (int j = 0; j < OUT; j++) {
        assertThat(fitted[2 * OUT + j]).isEqualTo(a()[2 * OUT + j], within(1e-3));
        assertThat(fitted[7 * OUT + j]).isEqualTo(a()[7 * OUT + j], within(1e-3));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void restoresTheMeanOutput(boolean transposed) throws Exception {
    OnnxModel model = model(DataType.FLOAT, transposed);
    try (WeightStore weights = model.weights();
        Moments moments = new Moments(IN)) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      Random random = new Random(SEED);
      double[] mean = new double[IN];
      for (int s = 0; s < 40; s++) {
        float[] x = new float[IN];
        float[] products = new float[IN * IN];
        for (int i = 0; i < IN; i++) {
          x[i] = (float) random.nextGaussian() + i;
          mean[i] += x[i] / 40.0;
        }
        for (int i = 0; i < IN * IN; i++) {
          products[i] = x[i / IN] * x[i % IN];
        }
        moments.add(1, FloatBuffer.wrap(x), FloatBuffer.wrap(products));
      }
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Factors factors = source.decompose(site, Covariance.of(moments, true), 2).factors();
      TensorProto tensor = source.meanShift(site, factors, moments).correction(2);
      assertThat(tensor.getDimsList()).isEqualTo(List.of((long) OUT));
      double[] correction = weights.doubles(tensor);
      double[] low = product(weights, factors);
      for (int j = 0; j < OUT; j++) {
        double expected = 0;
        double found = correction[j];
        for (int i = 0; i < IN; i++) {
          expected += mean[i] * a()[i * OUT + j];
          found += mean[i] * low[i * OUT + j];
        }
        assertThat(found).isEqualTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  @Test
  void isTheSameWithAnyNumberOfWorkers() throws Exception {
    OnnxModel model = model(DataType.FLOAT, false);
    try (WeightStore weights = model.weights()) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      List<Integer> ranks = IntStream.range(0, 64).map(i -> 1 + i % OUT).boxed().toList();
      List<Factors> one =
          new SiteWorkers(1, 1 << 20)
              .map(ranks, r -> 1, r -> source.decompose(site, new None(), r).factors());
      List<Factors> four =
          new SiteWorkers(4, 1 << 30)
              .map(ranks, r -> 1, r -> source.decompose(site, new None(), r).factors());
      for (int i = 0; i < ranks.size(); i++) {
        assertThat(weights.floats(four.get(i).left())).isEqualTo(weights.floats(one.get(i).left()));
        assertThat(weights.floats(four.get(i).right()))
            .isEqualTo(weights.floats(one.get(i).right()));
      }
    }
  }

  @Test
  void solvesForOneRank() throws Exception {
    OnnxModel model = model(DataType.FLOAT, true);
    try (WeightStore weights = model.weights()) {
      Site site = SiteFinder.find(model, GraphIndex.of(model)).getFirst();
      Factors factors =
          new FactorSource(weights, SvdSolver.best())
              .solve(site, FixedRankSolver.semiNonNegative(200, SEED), 6);
      double[] right = weights.doubles(factors.right());
      assertThat(IntStream.range(0, right.length).allMatch(i -> right[i] >= 0)).isTrue();
      double[] product = product(weights, factors);
      double error = 0;
      double norm = 0;
      for (int i = 0; i < product.length; i++) {
        error += Math.pow(product[i] - a()[i], 2);
        norm += a()[i] * a()[i];
      }
      assertThat(error).isLessThan(0.2 * norm);
    }
  }
}
