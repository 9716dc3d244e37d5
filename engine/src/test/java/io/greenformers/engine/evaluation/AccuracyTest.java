package io.greenformers.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.Label;
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
import org.junit.jupiter.api.Test;

final class AccuracyTest {
  private static final int SEED = 3;

  /** 10,000 draws know a quantile of a drop of this size to about a tenth of a point. */
  private static final double OF_RESAMPLING = 0.002;

  @Test
  void countsTheLargestScore() {
    Accuracy accuracy = accuracy(List.of(0, 1, 1), 2, 1, 0, 0.5, 0.6, 2, -2);
    assertThat(accuracy.right()).isEqualTo(2);
    assertThat(accuracy.value()).isEqualTo(2 / 3.0);
    assertThat(accuracy.isRight(1)).isTrue();
    assertThat(accuracy.isRight(2)).isFalse();
  }

  @Test
  void aScoreThatIsNotFiniteIsWrong() {
    assertThat(accuracy(List.of(0, 1), 2, 1, Double.NaN, 0, Double.POSITIVE_INFINITY).right())
        .isZero();
  }

  @Test
  void refusesLabelsAndOutputsThatDoNotFit() {
    refuses("dataset-label-out-of-range", () -> accuracy(List.of(0, 2), 2, 1, 0, 1, 0));
    refuses("dataset-not-for-model", () -> accuracy(List.of(0, 0), 1, 1, 0));
    TextBatch batch = batch(List.of(0));
    Tensor scores = scores(1, 2, 1, 0);
    refuses(
        "dataset-not-for-model",
        () -> new Accuracy(List.of(batch)).add(batch, Map.of("a", scores, "b", scores)));
  }

  @Test
  void logitsAreTheScoresWhereThereAreOtherOutputs() {
    TextBatch batch = batch(List.of(1));
    Accuracy accuracy = new Accuracy(List.of(batch));
    accuracy.add(batch, Map.of("logits", scores(1, 2, 0, 1), "pooled", scores(1, 3, 9, 0, 0)));
    assertThat(accuracy.right()).isEqualTo(1);
  }

  @Test
  void theBoundIsAboutThatOfTheNormalDistribution() {
    // of 1000 texts, 60 are lost and 40 are won: variance of one difference 0.1 - 0.02²
    List<Integer> original = outcomes(1000, i -> i >= 40);
    List<Integer> compressed = outcomes(1000, i -> i < 940);
    AccuracyDrop drop = AccuracyDrop.of(of(original), of(compressed), 0.95, SEED);
    double standardError = Math.sqrt((0.1 - 0.02 * 0.02) / 1000);
    assertThat(drop.drop()).isEqualTo(0.02, within(1e-12));
    assertThat(drop.upperBound()).isEqualTo(0.02 + 1.645 * standardError, within(OF_RESAMPLING));
    assertThat(drop.lowerBound()).isLessThan(drop.drop());
    assertThat(drop.drop() - drop.lowerBound())
        .isCloseTo(drop.upperBound() - drop.drop(), within(2 * OF_RESAMPLING));
    assertThat(AccuracyDrop.of(of(original), of(compressed), 0.95, SEED)).isEqualTo(drop);
    assertThat(AccuracyDrop.of(of(original), of(compressed), 0.5, SEED).upperBound())
        .isEqualTo(0.02, within(OF_RESAMPLING));
  }

  @Test
  void theBoundHoldsAboutAsOftenAsItSays() {
    Random random = new Random(SEED);
    int holds = 0;
    int trials = 100;
    for (int t = 0; t < trials; t++) {
      List<Integer> original = outcomes(200, i -> true);
      List<Integer> compressed = outcomes(200, i -> random.nextDouble() >= 0.1);
      holds += AccuracyDrop.of(of(original), of(compressed), 0.9, t).upperBound() >= 0.1 ? 1 : 0;
    }
    assertThat(holds / (double) trials).as("seed %d", SEED).isBetween(0.8, 0.98);
  }

  @Test
  void modelsThatAgreeHaveNoDropAndFewTextsShowNothing() {
    Accuracy same = of(outcomes(30, i -> i % 3 > 0));
    assertThat(AccuracyDrop.of(same, same, 0.95, SEED).upperBound()).isZero();
    assertThat(AccuracyDrop.fewestSamples(0.01, 0.95)).isEqualTo(299);
    assertThat(AccuracyDrop.fewestSamples(0.5, 0.5)).isEqualTo(1);
    assertThat(AccuracyDrop.fewestSamples(1, 0.95)).isEqualTo(1);
  }

  private interface Outcome {
    boolean isRight(int text);
  }

  private static List<Integer> outcomes(int texts, Outcome outcome) {
    List<Integer> right = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      right.add(outcome.isRight(i) ? 1 : 0);
    }
    return right;
  }

  /** An accuracy with these texts right (1) and wrong (0). */
  private static Accuracy of(List<Integer> right) {
    double[] scores = new double[2 * right.size()];
    for (int i = 0; i < right.size(); i++) {
      scores[2 * i + (right.get(i) == 1 ? 0 : 1)] = 1;
    }
    return accuracy(right.stream().map(r -> 0).toList(), 2, scores);
  }

  private static Accuracy accuracy(List<Integer> labels, int classes, double... scores) {
    TextBatch batch = batch(labels);
    Accuracy accuracy = new Accuracy(List.of(batch));
    accuracy.add(batch, Map.of("scores", scores(labels.size(), classes, scores)));
    return accuracy;
  }

  private static TextBatch batch(List<Integer> labels) {
    Tensor mask =
        new Tensor(
            ElementType.BOOL,
            List.of((long) labels.size(), 1L),
            ByteBuffer.allocateDirect(labels.size()));
    return new TextBatch(
        Map.of(),
        mask,
        labels.stream()
            .map(label -> new TextExample(1, "a", Optional.empty(), new Label.OfClass(label)))
            .toList());
  }

  private static Tensor scores(int batch, int classes, double... values) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(8 * values.length).order(ByteOrder.nativeOrder());
    Arrays.stream(values).forEach(bytes::putDouble);
    return new Tensor(ElementType.DOUBLE, List.of((long) batch, (long) classes), bytes.flip());
  }

  private static void refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
