package io.greenformers.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.Label;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every metric against one that was counted by hand, or in the simplest way there is. */
final class MetricTest {
  private static final long SEED = 5;

  /** Sums in another order. */
  private static final double ROUNDING = 1e-9;

  // 6 texts of 3 classes: given 0 0 1 1 1 0
  private static final int[] LABELS = {0, 0, 1, 1, 2, 2};
  private static final double[] SCORES = {
    3, 0, 0, 2, 1, 0, 0, 1, 0, 0, 5, 1, 0, 2, 1, 1, 0, 0,
  };

  @Test
  void macroF1IsTheMeanOverTheClasses() {
    // class 0: 2 of 2 right, 3 given; class 1: 2 of 2, 3 given; class 2: none
    assertThat(classes(Metric.MACRO_F1, LABELS, 3, SCORES).value())
        .isEqualTo((4 / 5.0 + 4 / 5.0 + 0) / 3, within(ROUNDING));
  }

  @Test
  void matthewsOfTwoClassesIsTheCorrelationOfTheClasses() {
    int[] labels = {1, 1, 1, 0, 0, 0, 0, 1};
    int[] given = {1, 0, 1, 0, 0, 1, 0, 1};
    double[] scores = IntStream.of(given).mapToDouble(g -> g).flatMap(MetricTest::ofTwo).toArray();
    double[] x = Arrays.stream(labels).asDoubleStream().toArray();
    double[] y = Arrays.stream(given).asDoubleStream().toArray();
    assertThat(classes(Metric.MATTHEWS, labels, 2, scores).value())
        .isEqualTo(pearson(x, y), within(ROUNDING));
    // of three classes: c = 4, s = 6, t = (2, 2, 2), p = (3, 3, 0)
    assertThat(classes(Metric.MATTHEWS, LABELS, 3, SCORES).value())
        .isEqualTo((4 * 6 - 12) / Math.sqrt((36 - 18.0) * (36 - 12)), within(ROUNDING));
  }

  private static DoubleStream ofTwo(double given) {
    return DoubleStream.of(1 - given, given);
  }

  @Test
  void areaCountsPairsInOrder() {
    int[] labels = {0, 0, 1, 1, 1, 0};
    double[] margins = {0.1, 0.4, 0.4, 0.8, Double.NaN, 0.2};
    double[] scores = DoubleStream.of(margins).flatMap(m -> DoubleStream.of(0, m)).toArray();
    // text 2: 0.1, 0.2 below, 0.4 equal; text 3: all three; text 4: no number, so none
    assertThat(classes(Metric.AUC, labels, 2, scores).value())
        .isEqualTo((2.5 + 3 + 0) / 9, within(ROUNDING));
    refuses("dataset-not-for-model", () -> classes(Metric.AUC, LABELS, 3, SCORES));
  }

  @Test
  void correlationsAreThoseOfTheTextbook() {
    double[] right = {1, 2, 3, 4, 5};
    double[] given = {2, 1, 4, 3, 50};
    assertThat(values(Metric.PEARSON, right, given).value())
        .isEqualTo(pearson(right, given), within(ROUNDING));
    // 1 − 6 Σd² / (n(n² − 1)), Σd² = 4
    assertThat(values(Metric.SPEARMAN, right, given).value())
        .isEqualTo(1 - 6 * 4 / (5.0 * 24), within(ROUNDING));
    assertThat(values(Metric.SPEARMAN, right, new double[] {1, 1, 2, 2, 3}).value())
        .isEqualTo(pearson(right, new double[] {1.5, 1.5, 3.5, 3.5, 5}), within(ROUNDING));
  }

  @Test
  void whatIsAlwaysTheSameOrNoNumberCorrelatesWithNothing() {
    double[] right = {1, 2, 3};
    assertThat(values(Metric.PEARSON, right, new double[] {0.1, 0.1, 0.1}).value()).isZero();
    assertThat(values(Metric.PEARSON, right, new double[] {1, 2, Double.NaN}).value()).isZero();
    assertThat(values(Metric.SPEARMAN, right, new double[] {1, Double.NaN, 3}).value()).isZero();
  }

  @Test
  void perplexityOfAModelThatKnowsNothingIsTheVocabulary() {
    int[] targets = {0, 3, -100, 2, -100, 1};
    assertThat(places(Metric.PERPLEXITY, targets, 4, new double[24]).value())
        .isEqualTo(4, within(ROUNDING));
    double[] scores = new double[24];
    scores[3] = Math.log(3); // place 0: p(0) = 1 / (3 + 3)
    double mean = (Math.log(6) + 3 * Math.log(4)) / 4;
    assertThat(places(Metric.PERPLEXITY, targets, 4, scores).value())
        .isEqualTo(Math.exp(mean), within(ROUNDING));
    scores[5] = Double.NaN;
    assertThat(places(Metric.PERPLEXITY, targets, 4, scores).value()).isInfinite();
  }

  @Test
  void tokensThatDoNotCountAreLeftOut() {
    // counted: 0→0, 1→1, 1→0, 2→1; ignored: the places 2 and 4
    int[] targets = {0, 1, -100, 1, -100, 2};
    double[] scores = {1, 0, 0, 0, 1, 0, 0, 0, 9, 1, 0, 0, 0, 9, 0, 0, 1, 0};
    assertThat(places(Metric.ACCURACY, targets, 3, scores).value()).isEqualTo(0.5);
    // classes 1 and 2: one right, three expected, two given
    assertThat(places(Metric.TOKEN_F1, targets, 3, scores).value())
        .isEqualTo(2 / 5.0, within(ROUNDING));
    assertThat(places(Metric.MACRO_F1, targets, 3, scores).value())
        .isEqualTo((2 / 3.0 + 2 / 4.0 + 0) / 3, within(ROUNDING));
    refuses("dataset-not-for-model", () -> places(Metric.ACCURACY, targets, 2, new double[12]));
    refuses(
        "dataset-too-small",
        () -> places(Metric.PERPLEXITY, new int[] {-100, -100}, 2, new double[4]).value());
  }

  @Test
  void pairsAreFoundByTheNearestVector() {
    double[][] first = {{1, 0}, {0, 1}, {1, 1}};
    double[][] second = {{2, 0.1}, {1, 0.9}, {0.1, 3}};
    // 0 finds 0; to 1 the third is the nearest; to 2 the second
    assertThat(pairs(Metric.RECALL_AT_1, first, second).value())
        .isEqualTo(1 / 3.0, within(ROUNDING));
    assertThat(pairs(Metric.COSINE, first, second).value())
        .isEqualTo(
            (cosine(first[0], second[0])
                    + cosine(first[1], second[1])
                    + cosine(first[2], second[2]))
                / 3,
            within(ROUNDING));
    double[][] one = {{1, 1}, {1, 1}, {1, 1}};
    assertThat(pairs(Metric.RECALL_AT_1, one, one).value()).isEqualTo(1 / 3.0, within(ROUNDING));
    double[][] broken = {{Double.NaN, 0}, {0, 1}, {1, 1}};
    assertThat(pairs(Metric.COSINE, broken, broken).value()).isEqualTo(2 / 3.0, within(ROUNDING));
  }

  @ParameterizedTest
  // retrieval is from all texts, however often one is drawn
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RECALL_AT_1")
  void drawingATextTwiceIsHavingItTwice(Metric metric) {
    Random random = new Random(SEED);
    int texts = 40;
    int[] times = random.ints(texts, 0, 4).toArray();
    int[] drawn =
        IntStream.range(0, texts)
            .flatMap(i -> IntStream.generate(() -> i).limit(times[i]))
            .toArray();
    int[] all = IntStream.range(0, texts).toArray();
    assertThat(sample(metric, all).statistic().of(times))
        .as("seed %d", SEED)
        .isEqualTo(sample(metric, drawn).value(), within(ROUNDING));
  }

  @Test
  void theBoundOfAnyMetricIsThatOfTheAccuracyWhereItIsOne() {
    Random random = new Random(SEED);
    int[] labels = random.ints(300, 0, 2).toArray();
    double[] good = noisy(labels, 0.1, random);
    double[] worse = noisy(labels, 0.2, random);
    AccuracyDrop fast =
        AccuracyDrop.of(
            Metric.ACCURACY,
            classes(Metric.ACCURACY, labels, 2, good),
            classes(Metric.ACCURACY, labels, 2, worse),
            0.95,
            SEED);
    AccuracyDrop general =
        AccuracyDrop.of(
            Metric.ACCURACY,
            tokens(Metric.ACCURACY, labels, good),
            tokens(Metric.ACCURACY, labels, worse),
            0.95,
            SEED);
    assertThat(general.drop()).isEqualTo(fast.drop(), within(ROUNDING)).isPositive();
    assertThat(general.upperBound()).isEqualTo(fast.upperBound(), within(ROUNDING));
  }

  @Test
  void aLargerPerplexityIsADrop() {
    int[] targets = {0, 1, 2, 3};
    double[] sure = new double[16];
    IntStream.range(0, 4).forEach(i -> sure[5 * i] = 3);
    AccuracyDrop drop =
        AccuracyDrop.of(
            Metric.PERPLEXITY,
            places(Metric.PERPLEXITY, targets, 4, sure),
            places(Metric.PERPLEXITY, targets, 4, new double[16]),
            0.95,
            SEED);
    assertThat(drop.drop()).isPositive();
    double[] broken = sure.clone();
    broken[0] = Double.NaN;
    assertThat(
            AccuracyDrop.of(
                    Metric.PERPLEXITY,
                    places(Metric.PERPLEXITY, targets, 4, sure),
                    places(Metric.PERPLEXITY, targets, 4, broken),
                    0.95,
                    SEED)
                .upperBound())
        .isInfinite();
  }

  /** A measurement on some of the same 40 texts, given by their numbers. */
  private static Measurement sample(Metric metric, int[] texts) {
    return switch (metric) {
      case ACCURACY, MACRO_F1, MATTHEWS, AUC ->
          classes(
              metric,
              IntStream.of(texts).map(i -> i % 2).toArray(),
              2,
              IntStream.of(texts)
                  .mapToDouble(i -> Math.sin(i))
                  .flatMap(x -> DoubleStream.of(0, x))
                  .toArray());
      case PEARSON, SPEARMAN ->
          values(
              metric,
              IntStream.of(texts).mapToDouble(i -> i % 7).toArray(),
              IntStream.of(texts).mapToDouble(i -> Math.sin(i) + i % 7).toArray());
      case PERPLEXITY, TOKEN_F1 ->
          tokens(
              metric,
              IntStream.of(texts).map(i -> i % 2).toArray(),
              IntStream.of(texts)
                  .mapToDouble(i -> Math.cos(i))
                  .flatMap(x -> DoubleStream.of(0, x))
                  .toArray());
      case RECALL_AT_1, COSINE ->
          pairs(
              metric,
              IntStream.of(texts)
                  .mapToObj(i -> new double[] {Math.sin(i), 1})
                  .toArray(double[][]::new),
              IntStream.of(texts)
                  .mapToObj(i -> new double[] {Math.cos(i), 1})
                  .toArray(double[][]::new));
    };
  }

  private static double[] noisy(int[] labels, double share, Random random) {
    return IntStream.of(labels)
        .mapToDouble(l -> random.nextDouble() < share ? 1 - l : l)
        .flatMap(MetricTest::ofTwo)
        .toArray();
  }

  private static Measurement classes(Metric metric, int[] labels, int classes, double... scores) {
    List<TextExample> texts =
        IntStream.of(labels).mapToObj(l -> text(new Label.OfClass(l))).toList();
    TextBatch batch = new TextBatch(Map.of(), mask(labels.length, 1), texts);
    return measured(metric, batch, tensor(scores, labels.length, classes));
  }

  private static Measurement values(Metric metric, double[] right, double[] given) {
    List<TextExample> texts =
        DoubleStream.of(right).mapToObj(v -> text(new Label.OfValue(v))).toList();
    TextBatch batch = new TextBatch(Map.of(), mask(right.length, 1), texts);
    return measured(metric, batch, tensor(given, right.length, 1));
  }

  /** Two places per text, so that some texts have more that counts than others. */
  private static Measurement places(Metric metric, int[] targets, int classes, double[] scores) {
    return places(metric, targets, 2, classes, scores);
  }

  /** One place of two classes per text. */
  private static Measurement tokens(Metric metric, int[] targets, double[] scores) {
    return places(metric, targets, 1, 2, scores);
  }

  private static Measurement places(
      Metric metric, int[] targets, int sequence, int classes, double[] scores) {
    int texts = targets.length / sequence;
    ByteBuffer bytes = buffer(8 * targets.length);
    IntStream.of(targets).forEach(t -> bytes.putLong(t));
    Tensor expected =
        new Tensor(ElementType.INT64, List.of((long) texts, (long) sequence), bytes.flip());
    TextBatch batch =
        new TextBatch(
            Map.of(),
            mask(texts, sequence),
            IntStream.range(0, texts).mapToObj(i -> text(new Label.None())).toList(),
            new Targets.Places(expected));
    return measured(metric, batch, tensor(scores, texts, sequence, classes));
  }

  private static Measurement pairs(Metric metric, double[][] first, double[][] second) {
    List<TextExample> texts = new ArrayList<>();
    double[] vectors = new double[4 * first.length];
    for (int i = 0; i < first.length; i++) {
      texts.add(text(new Label.OfPair(i, Label.Side.FIRST, Optional.empty())));
      texts.add(text(new Label.OfPair(i, Label.Side.SECOND, Optional.empty())));
      System.arraycopy(first[i], 0, vectors, 4 * i, 2);
      System.arraycopy(second[i], 0, vectors, 4 * i + 2, 2);
    }
    TextBatch batch = new TextBatch(Map.of(), mask(texts.size(), 1), texts);
    return measured(metric, batch, tensor(vectors, texts.size(), 2));
  }

  private static Measurement measured(Metric metric, TextBatch batch, Tensor output) {
    Measurement measurement = metric.measure(List.of(batch));
    measurement.add(batch, Map.of("output", output));
    return measurement;
  }

  private static TextExample text(Label label) {
    return new TextExample(1, "a", Optional.empty(), label);
  }

  private static Tensor mask(int texts, int sequence) {
    ByteBuffer bytes = buffer(texts * sequence);
    IntStream.range(0, texts * sequence).forEach(i -> bytes.put((byte) 1));
    return new Tensor(ElementType.BOOL, List.of((long) texts, (long) sequence), bytes.flip());
  }

  private static Tensor tensor(double[] values, int... shape) {
    ByteBuffer bytes = buffer(8 * values.length);
    Arrays.stream(values).forEach(bytes::putDouble);
    return new Tensor(
        ElementType.DOUBLE, IntStream.of(shape).mapToObj(s -> (long) s).toList(), bytes.flip());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static double pearson(double[] x, double[] y) {
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mx) * (y[i] - my);
      xx += (x[i] - mx) * (x[i] - mx);
      yy += (y[i] - my) * (y[i] - my);
    }
    return xy / Math.sqrt(xx * yy);
  }

  private static double cosine(double[] a, double[] b) {
    return (a[0] * b[0] + a[1] * b[1]) / Math.hypot(a[0], a[1]) / Math.hypot(b[0], b[1]);
  }

  private static void refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
