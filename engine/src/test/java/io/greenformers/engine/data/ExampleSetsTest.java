package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.data.ExampleSets.Reading;
import io.greenformers.engine.data.ExampleSets.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleSetsTest {
  private static final int ALL = 1_000;

  @TempDir Path directory;

  @Test
  void oneFileIsSplitAndTheSetsNeverShareAText() throws Exception {
    // every text stands in the file twice
    ExampleSets<TextExample> sets = sets(none(), file("one", 0, 300, 2), none(), 7);
    List<String> evaluation = texts(sets.evaluation(ALL, true));
    List<String> calibration = texts(sets.calibration(ALL, false));
    assertThat(evaluation).doesNotContainAnyElementsOf(calibration);
    assertThat(evaluation.size() + calibration.size()).isEqualTo(600);
    assertThat(evaluation).hasSizeBetween(340, 460);
    assertThat(sets.evaluationSplit()).isEqualTo("evaluation (two thirds)");
  }

  @Test
  void theSeedDecidesTheSplit() throws Exception {
    Optional<Path> file = file("one", 0, 300, 1);
    List<String> evaluation = texts(sets(none(), file, none(), 7).evaluation(ALL, true));
    assertThat(texts(sets(none(), file, none(), 7).evaluation(ALL, true))).isEqualTo(evaluation);
    assertThat(texts(sets(none(), file, none(), 8).evaluation(ALL, true))).isNotEqualTo(evaluation);
  }

  @Test
  void anEvaluationFileOfItsOwnIsUsedWhole() throws Exception {
    ExampleSets<TextExample> sets =
        sets(file("train", 0, 50, 1), file("dev", 100, 150, 1), none(), 0);
    assertThat(texts(sets.evaluation(ALL, true))).hasSize(50).contains("text 100");
    assertThat(texts(sets.calibration(ALL, false))).hasSize(50).contains("text 0");
    assertThat(sets.evaluationSplit()).isEqualTo("evaluation");
  }

  @Test
  void calibrationComesFromItsOwnFileFirst() throws Exception {
    ExampleSets<TextExample> sets =
        sets(file("t", 0, 9, 1), file("e", 10, 19, 1), file("c", 20, 29, 1), 0);
    assertThat(texts(sets.calibration(ALL, false))).hasSize(9).contains("text 20");
  }

  @Test
  void aThirdOfATrainingFileIsHeldOut() throws Exception {
    ExampleSets<TextExample> sets = sets(file("train", 0, 300, 1), none(), none(), 0);
    List<String> evaluation = texts(sets.evaluation(ALL, true));
    assertThat(evaluation)
        .hasSizeBetween(70, 130)
        .doesNotContainAnyElementsOf(texts(sets.calibration(ALL, false)));
  }

  @Test
  void theSameFileGivenTwiceIsSplit() throws Exception {
    Optional<Path> file = file("one", 0, 100, 1);
    ExampleSets<TextExample> sets = sets(none(), file, file, 0);
    assertThat(texts(sets.evaluation(ALL, true)))
        .doesNotContainAnyElementsOf(texts(sets.calibration(ALL, false)));
  }

  @Test
  void trainsWithNoTextThatIsEvaluatedOn() throws Exception {
    // one file for all
    ExampleSets<TextExample> one = sets(none(), file("one", 0, 300, 2), none(), 7);
    assertThat(texts(one.train(ALL, true)))
        .hasSizeGreaterThan(100)
        .doesNotContainAnyElementsOf(texts(one.evaluation(ALL, true)));
    // the training file says again what the evaluation file says
    ExampleSets<TextExample> two =
        sets(file("train", 0, 120, 1), file("dev", 100, 150, 1), none(), 0);
    assertThat(texts(two.train(ALL, true))).hasSize(100).doesNotContain("text 100");
    // a training file that is given as evaluation file too, beside one for calibration
    Optional<Path> both = file("both", 0, 300, 1);
    ExampleSets<TextExample> three = sets(both, both, file("c", 300, 310, 1), 0);
    assertThat(texts(three.train(ALL, true)))
        .doesNotContainAnyElementsOf(texts(three.evaluation(ALL, true)));
  }

  @Test
  void trainsWithTheSameTextsThatItCalibratesWithWhereThereIsOneFile() throws Exception {
    ExampleSets<TextExample> sets = sets(none(), file("one", 0, 300, 1), none(), 7);
    assertThat(texts(sets.train(ALL, false))).isEqualTo(texts(sets.calibration(ALL, false)));
  }

  @Test
  void trainingWithoutLabelsReadsNone() throws Exception {
    Path train = Files.writeString(directory.resolve("t.txt"), "one\ntwo\n");
    ExampleSets<TextExample> sets = sets(Optional.of(train), file("dev", 0, 9, 1), none(), 0);
    assertThat(texts(sets.train(ALL, false))).containsExactly("one", "two");
    refuses("dataset-column-missing", () -> sets.train(ALL, true));
  }

  @Test
  void drawsTheSameSampleWithTheSameSeed() throws Exception {
    Optional<Path> train = file("train", 0, 500, 1);
    Optional<Path> dev = file("dev", 500, 510, 1);
    List<String> sample = texts(sets(train, dev, none(), 7).calibration(20, false));
    assertThat(sample).hasSize(20).doesNotHaveDuplicates();
    assertThat(texts(sets(train, dev, none(), 7).calibration(20, false))).isEqualTo(sample);
    assertThat(texts(sets(train, dev, none(), 8).calibration(20, false))).isNotEqualTo(sample);
    assertThat(sample).anyMatch(t -> Integer.parseInt(t.substring(5)) > 100);
  }

  @Test
  void refusesOneClassAndTooFewTexts() throws Exception {
    Optional<Path> train = file("train", 0, 9, 1);
    Optional<Path> single =
        Optional.of(Files.writeString(directory.resolve("single"), "text,label\na,1\nb,1\n"));
    refuses("dataset-single-class", () -> sets(train, single, none(), 0).evaluation(ALL, true));
    Optional<Path> tiny =
        Optional.of(Files.writeString(directory.resolve("tiny"), "text,label\na,1\na,1\n"));
    ExampleSets<TextExample> sets = sets(none(), tiny, none(), 0);
    refuses(
        "dataset-too-small",
        () -> {
          sets.calibration(ALL, false);
          sets.evaluation(ALL, true);
        });
  }

  private static void refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Optional<Path> none() {
    return Optional.empty();
  }

  private Optional<Path> file(String name, int from, int to, int times) throws IOException {
    String rows =
        IntStream.range(0, (to - from) * times)
            .map(i -> from + i % (to - from))
            .mapToObj(i -> "text %d,%d".formatted(i, i % 2))
            .collect(Collectors.joining("\n"));
    return Optional.of(Files.writeString(directory.resolve(name), "text,label\n" + rows));
  }

  private static ExampleSets<TextExample> sets(
      Optional<Path> train, Optional<Path> evaluation, Optional<Path> calibration, long seed) {
    return ExampleSets.ofTexts(
        new Sources(train, evaluation, calibration),
        new Reading(Optional.empty(), TextColumns.GUESSED, TextTask.CLASSIFICATION),
        seed);
  }

  private static List<String> texts(List<TextExample> examples) {
    return examples.stream().map(TextExample::text).toList();
  }
}
