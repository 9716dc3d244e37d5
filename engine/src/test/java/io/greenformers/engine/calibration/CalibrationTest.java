package io.greenformers.engine.calibration;

import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.TensorProto;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table, two products of one activation, and a mask; against sums in plain Java. */
final class CalibrationTest {
  private static final int WIDTH = 4;
  private static final int ROWS = 6;
  private static final double TOLERANCE = 1e-4;

  @TempDir Path directory;

  private final float[] table = random(ROWS * WIDTH);

  @ParameterizedTest
  @ValueSource(ints = {11, 13, 18})
  void countsAndSumsWhatIsNoPadding(int opset) {
    OnnxModel model = model(opset);
    try (Observations seen =
        observe(model, List.of(batch(new long[][] {{1, 2, 3}, {4, 0, 0}}, new int[] {3, 1})))) {
      Moments moments = seen.moments(site(model, "first")).orElseThrow();
      List<Integer> tokens = List.of(1, 2, 3, 4);
      assertThat(moments.count()).isEqualTo(tokens.size());
      for (int i = 0; i < WIDTH; i++) {
        int row = i;
        double mean = tokens.stream().mapToDouble(t -> at(t, row)).average().orElseThrow();
        assertThat(moments.mean(i)).isEqualTo(mean, within(TOLERANCE));
        for (int j = 0; j < WIDTH; j++) {
          int column = j;
          double second =
              tokens.stream().mapToDouble(t -> at(t, row) * at(t, column)).average().orElseThrow();
          assertThat(moments.second(i, j)).isEqualTo(second, within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void aBatchWithPaddingTellsWhatItsTextsTell() {
    OnnxModel model = model(17);
    Map<String, Tensor> padded = batch(new long[][] {{1, 2, 3}, {4, 0, 0}}, new int[] {3, 1});
    Map<String, Tensor> first = batch(new long[][] {{1, 2, 3}}, new int[] {3});
    Map<String, Tensor> second = batch(new long[][] {{4}}, new int[] {1});
    try (Observations together = observe(model, List.of(padded));
        Observations apart = observe(model, List.of(first, second))) {
      Moments a = together.moments(site(model, "second")).orElseThrow();
      Moments b = apart.moments(site(model, "second")).orElseThrow();
      assertThat(a.count()).isEqualTo(b.count());
      assertThat(a.second(1, 2)).isEqualTo(b.second(1, 2), within(TOLERANCE));
    }
  }

  @Test
  void sitesOfOneActivationShareItsStatistics() {
    OnnxModel model = model(17);
    try (Observations seen = observe(model, List.of(batch(new long[][] {{5}}, new int[] {1})))) {
      assertThat(seen.moments(site(model, "first")))
          .isPresent()
          .hasValueSatisfying(
              m -> assertThat(seen.moments(site(model, "second")).orElseThrow()).isSameAs(m));
    }
  }

  @Test
  void tokensWeighTheRowsOfTheirTable() {
    OnnxModel model = model(17);
    try (Observations seen =
        observe(model, List.of(batch(new long[][] {{2, 2, 5}}, new int[] {3})))) {
      assertThat(seen.weighting(site(model, "lookup"), false))
          .isInstanceOfSatisfying(
              InputWeighting.Rows.class,
              rows -> {
                assertThat(rows.weight(2) - rows.weight(0)).isEqualTo(2, within(1e-9));
                assertThat(rows.weight(5) - rows.weight(0)).isEqualTo(1, within(1e-9));
                assertThat(rows.weight(0)).as("a token that may still come").isPositive();
              });
    }
  }

  @Test
  void tokensAreCountedWithoutARunToo() {
    OnnxModel model = model(17);
    Map<String, Tensor> run = batch(new long[][] {{2, 2, 5}}, new int[] {3});
    Map<String, Tensor> counted = batch(new long[][] {{5, 3, 2}, {5, 0, 0}}, new int[] {3, 1});
    Calibration calibration =
        new Calibration(
            model, GraphIndex.of(model), List.of(run), new InputCounts(List.of(counted)));
    try (Observations seen = calibration.observe(sites(model), this::write, fraction -> {})) {
      assertThat(seen.moments(site(model, "first")).orElseThrow().count()).isEqualTo(3);
      assertThat(seen.weighting(site(model, "lookup"), false))
          .isInstanceOfSatisfying(
              InputWeighting.Rows.class,
              rows -> {
                assertThat(rows.weight(2) - rows.weight(0)).isEqualTo(3, within(1e-9));
                assertThat(rows.weight(5) - rows.weight(0)).isEqualTo(3, within(1e-9));
                assertThat(rows.weight(3) - rows.weight(0)).isEqualTo(1, within(1e-9));
              });
    }
  }

  @Test
  void unseenRowsShareWhatRowsSeenOnceTell() {
    OnnxModel model = model(17);
    int rows = site(model, "lookup").rows();
    try (Observations seen =
        observe(model, List.of(batch(new long[][] {{2, 2, 5, 3}}, new int[] {4})))) {
      assertThat(seen.weighting(site(model, "lookup"), false))
          .isInstanceOfSatisfying(
              InputWeighting.Rows.class,
              weights -> assertThat(weights.weight(0)).isEqualTo(2.0 / (rows - 3), within(1e-9)));
    }
  }

  @Test
  void paddingDoesNotWeighItsRow() {
    OnnxModel model = model(17);
    try (Observations seen =
        observe(model, List.of(batch(new long[][] {{2, 3, 5}, {4, 0, 0}}, new int[] {3, 1})))) {
      assertThat(seen.weighting(site(model, "lookup"), false))
          .isInstanceOfSatisfying(
              InputWeighting.Rows.class,
              rows -> assertThat(rows.weight(0)).isEqualTo(rows.weight(1), within(1e-9)));
    }
  }

  @Test
  void aWeightUsedTwiceSeesTheInputsOfBothUses() {
    OnnxModel model = model(17);
    Site shared = site(model, "shared_first");
    assertThat(shared.uses()).hasSize(2);
    try (Observations seen = observe(model, List.of(batch(new long[][] {{1, 2}}, new int[] {2})))) {
      Moments all = seen.moments(shared).orElseThrow();
      Moments one = seen.moments(site(model, "first")).orElseThrow();
      assertThat(all.count()).isEqualTo(2 * one.count());
      // the second use reads the doubled activation
      assertThat(all.mean(0)).isEqualTo(1.5 * one.mean(0), within(TOLERANCE));
      assertThat(all.second(0, 1)).isEqualTo(2.5 * one.second(0, 1), within(TOLERANCE));
    }
  }

  @Test
  void inputsThatOverflowLeaveThePlainNorm() {
    Arrays.fill(table, 1e30f);
    OnnxModel model = model(17);
    try (Observations seen = observe(model, List.of(batch(new long[][] {{1}}, new int[] {1})))) {
      assertThat(seen.moments(site(model, "first"))).isEmpty();
      assertThat(seen.weighting(site(model, "first"), false))
          .isInstanceOf(InputWeighting.None.class);
    }
  }

  @Test
  void groupsKeepStatisticsWithinTheMemory() {
    OnnxModel model = model(17);
    List<Site> sites = sites(model);
    Calibration calibration =
        new Calibration(model, GraphIndex.of(model), List.of(), InputCounts.none());
    assertThat(calibration.groups(sites, Long.MAX_VALUE)).containsExactly(sites);
    assertThat(calibration.groups(sites, 1)).hasSizeGreaterThan(1);
    assertThat(calibration.groups(sites, 1).stream().flatMap(List::stream))
        .containsExactlyElementsOf(sites);
  }

  private Observations observe(OnnxModel model, List<Map<String, Tensor>> batches) {
    return new Calibration(model, GraphIndex.of(model), batches, InputCounts.none())
        .observe(sites(model), this::write, fraction -> {});
  }

  private Path write(OnnxModel model) {
    try {
      Path to = Files.createTempDirectory(directory, "observed");
      return ModelWriter.write(model, to, "model.onnx").model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Site> sites(OnnxModel model) {
    return SiteFinder.find(model, GraphIndex.of(model));
  }

  private static Site site(OnnxModel model, String name) {
    return sites(model).stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private double at(int token, int column) {
    return table[token * WIDTH + column];
  }

  private static Map<String, Tensor> batch(long[][] ids, int[] lengths) {
    int sequence = ids[0].length;
    ByteBuffer tokens = buffer(ids.length * sequence);
    ByteBuffer mask = buffer(ids.length * sequence);
    for (int text = 0; text < ids.length; text++) {
      for (int i = 0; i < sequence; i++) {
        tokens.putLong(ids[text][i]);
        mask.putLong(i < lengths[text] ? 1 : 0);
      }
    }
    List<Long> shape = List.of((long) ids.length, (long) sequence);
    return Map.of(
        "input_ids", new Tensor(ElementType.INT64, shape, tokens.flip()),
        "attention_mask", new Tensor(ElementType.INT64, shape, mask.flip()));
  }

  private static ByteBuffer buffer(int longs) {
    return ByteBuffer.allocateDirect(longs * Long.BYTES).order(ByteOrder.nativeOrder());
  }

  private static float[] random(int size) {
    Random random = new Random(11);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private OnnxModel model(int opset) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInput(value("input_ids", DataType.INT64, "batch", "sequence"))
            .addInput(value("attention_mask", DataType.INT64, "batch", "sequence"))
            .addOutput(value("y", DataType.FLOAT, "batch", "sequence", WIDTH))
            .addOutput(value("m", DataType.INT64, "batch", "sequence"))
            .addInitializer(matrix("table", ROWS, table))
            .addInitializer(matrix("w1", WIDTH, random(WIDTH * WIDTH)))
            .addInitializer(matrix("w2", WIDTH, random(WIDTH * WIDTH)))
            .addNode(node("Gather", "x", "table", "input_ids").setName("lookup"))
            .addNode(node("MatMul", "a", "x", "w1").setName("first"))
            .addNode(node("MatMul", "b", "x", "w2").setName("second"))
            .addNode(node("Add", "y", "a", "b"))
            .addInitializer(matrix("w3", WIDTH, random(WIDTH * WIDTH)))
            .addNode(node("Add", "x2", "x", "x"))
            .addNode(node("MatMul", "c", "x", "w3").setName("shared_first"))
            .addNode(node("MatMul", "d", "x2", "w3").setName("shared_second"))
            .addNode(node("Add", "e", "c", "d"))
            .addOutput(value("e", DataType.FLOAT, "batch", "sequence", WIDTH))
            .addNode(node("Identity", "m", "attention_mask"));
    ModelProto.Builder proto = Graphs.model(graph).toBuilder();
    proto.getOpsetImportBuilder(0).setVersion(opset);
    try {
      Path file = Files.createTempFile(directory, "model", ".onnx");
      Files.write(file, proto.build().toByteArray());
      return ModelReader.read(ModelFiles.of(file), directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TensorProto matrix(String name, int rows, float[] values) {
    double[] numbers = new double[values.length];
    Arrays.setAll(numbers, i -> values[i]);
    return tensor(name, DataType.FLOAT, List.of((long) rows, (long) values.length / rows), numbers);
  }
}
