package io.greenformers.engine.data;

import static io.greenformers.engine.data.NpzWriter.floats;
import static io.greenformers.engine.data.NpzWriter.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.data.ExampleSets.Sources;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of ready tensors are drawn as texts are, and become batches of a model's inputs. */
final class TensorSetsTest {
  private static final int ALL = 1_000_000;
  private static final Dimension FREE = new Dimension.Dynamic("");
  private static final Dimension TWO = new Dimension.Fixed(2);
  private static final InputSpec PIXELS =
      new InputSpec("pixels", ElementType.FLOAT, List.of(FREE, TWO));
  private static final Signature MODEL = new Signature(List.of(PIXELS), Map.of());

  @TempDir Path directory;

  @Test
  void oneFileIsSplitAndNothingIsEvaluatedThatWasCalibratedOrTrainedWith() throws Exception {
    // every row twice
    Optional<Path> file = file("one", 0, 300, 2);
    ExampleSets<TensorRow> sets = sets(Optional.empty(), file, MODEL, 7);
    List<Double> evaluation = firsts(sets.evaluation(ALL, true));
    assertThat(evaluation).hasSizeBetween(330, 470);
    assertThat(firsts(sets.calibration(ALL, false)))
        .hasSize(600 - evaluation.size())
        .doesNotContainAnyElementsOf(evaluation)
        .containsAll(firsts(sets.train(ALL, false)));
    assertThat(firsts(sets(Optional.empty(), file, MODEL, 7).evaluation(ALL, true)))
        .isEqualTo(evaluation);
    assertThat(firsts(sets(Optional.empty(), file, MODEL, 8).evaluation(ALL, true)))
        .isNotEqualTo(evaluation);
  }

  @Test
  void trainingLeavesOutRowsOfTheEvaluationFile() throws Exception {
    ExampleSets<TensorRow> sets =
        sets(file("train", 0, 120, 1), file("dev", 100, 150, 1), MODEL, 0);
    assertThat(firsts(sets.evaluation(ALL, true))).hasSize(50);
    assertThat(firsts(sets.train(ALL, true))).hasSize(100).doesNotContain(100.0);
  }

  @Test
  void labelsSayWhatTheyAreByTypeAndShape() throws Exception {
    assertThat(kind(longs(List.of(4L), 0, 1, 0, 2))).isEqualTo(LabelKind.CLASSES);
    assertThat(kind(longs(List.of(4L, 2L), 0, 1, 0, 2, 0, 0, -100, 1))).isEqualTo(LabelKind.PLACES);
    assertThat(kind(floats(List.of(4L), 0, 1, 0, 2))).isEqualTo(LabelKind.NUMBER);
    assertThat(kind(floats(List.of(4L, 1L), 0, 1, 0, 2))).isEqualTo(LabelKind.NUMBER);
    assertThat(kind(floats(List.of(4L, 2L), 0, 1, 0, 2, 3, 4, 5, 6))).isEqualTo(LabelKind.NUMBERS);
    refuses("dataset-malformed", () -> kind(longs(List.of(4L, 1L, 1L), 0, 1, 0, 2)))
        .hasMessageContaining("data.train: the dataset, tensor 'labels'");
  }

  @Test
  void labelsThatAreNeededOrNamedMustBeThere() throws Exception {
    Path file = write("none", Map.of("pixels", pixels(0, 10, 1)));
    ExampleSets<TensorRow> sets = sets(Optional.of(file), Optional.empty(), MODEL, 0);
    assertThat(sets.train(ALL, false).getFirst().labels()).isEqualTo(LabelKind.NONE);
    refuses("dataset-column-missing", () -> sets.train(ALL, true))
        .hasMessageContaining("data.columns.label");
    TensorReading named = reading(MODEL, Optional.of("digit"));
    refuses("dataset-column-missing", () -> TensorTable.open(file, named))
        .hasMessageContaining("'digit'");
  }

  @Test
  void tokensThatTheModelDoesNotKnowAreRefusedWithTheirRow() throws Exception {
    Path file = write("ids", Map.of("input_ids", longs(List.of(2L, 2L), 1, 2, 3, 4)));
    InputSpec ids = new InputSpec("input_ids", ElementType.INT64, List.of(FREE, FREE));
    assertThat(
            TensorTable.open(
                    file, reading(new Signature(List.of(ids), Map.of("input_ids", 5L)), none()))
                .rows())
        .hasSize(2);
    Signature narrow = new Signature(List.of(ids), Map.of("input_ids", 4L));
    refuses("dataset-not-for-model", () -> TensorTable.open(file, reading(narrow, none())))
        .hasMessageContaining("row 1: tensor 'input_ids'")
        .hasMessageContaining("below 4");
  }

  @Test
  void textsWithoutATokenizerAreToldSo() throws Exception {
    Path file = Files.writeString(directory.resolve("texts"), "text,label\nfine,1\n");
    refuses("tokenizer-missing", () -> TensorTable.open(file, reading(MODEL, none())))
        .hasMessageContaining("data.tokenizer");
  }

  @Test
  void readyTensorsWithATokenizerAreToldSo() throws Exception {
    Path npz = write("npz", Map.of("pixels", pixels(0, 3, 1)));
    Path safetensors =
        Files.write(directory.resolve("st"), new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    for (Path file : List.of(npz, safetensors)) {
      ExampleSets<TextExample> texts =
          ExampleSets.ofTexts(
              new Sources(Optional.of(file), Optional.empty(), Optional.empty()),
              new ExampleSets.Reading(Optional.empty(), TextColumns.GUESSED, TextTask.NONE),
              0);
      refuses("dataset-format-unknown", () -> texts.train(ALL, false))
          .hasMessageContaining("without data.tokenizer");
    }
  }

  @Test
  void anotherFormatThanTheRequestSaysIsRefused() throws Exception {
    Path file = write("npz", Map.of("pixels", pixels(0, 3, 1)));
    TensorReading reading =
        new TensorReading(Optional.of(TensorFormat.SAFETENSORS), none(), MODEL, directory);
    refuses("dataset-malformed", () -> TensorTable.open(file, reading))
        .hasMessageContaining("data.format");
  }

  @Test
  void aMaskIsKeptWhetherOrNotTheModelTakesIt() throws Exception {
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("pixels", pixels(0, 2, 1));
    tensors.put("attention_mask", longs(List.of(2L, 3L), 1, 1, 0, 1, 0, 0));
    Path file = write("masked", tensors);
    TensorBatch batch =
        TensorBatches.of(TensorTable.open(file, reading(MODEL, none())).rows(), MODEL).getFirst();
    assertThat(batch.inputs()).containsOnlyKeys("pixels");
    assertThat(batch.isOfPlaces(List.of(2L, 3L, 5L))).isTrue();
    assertThat(batch.isOfPlaces(List.of(2L, 4L, 5L))).isFalse();
    assertThat(batch.isToken(1)).isTrue();
    assertThat(batch.isToken(2)).isFalse();
    assertThat(batch.rows(1, 2).isToken(1)).isFalse();
  }

  @Test
  void aModelOfAFixedBatchGetsBatchesOfThatSize() throws Exception {
    Signature pairs =
        new Signature(
            List.of(new InputSpec("pixels", ElementType.FLOAT, List.of(TWO, TWO))), Map.of());
    Path file = write("odd", Map.of("pixels", pixels(0, 7, 1)));
    List<TensorRow> rows = TensorTable.open(file, reading(pairs, none())).rows();
    assertThat(TensorBatches.of(rows, pairs)).hasSize(3).allMatch(batch -> batch.size() == 2);
    TensorBatches training = TensorBatches.training(rows, pairs, 32, 0);
    assertThat(training.size()).isEqualTo(6);
    assertThat(training.batchesPerEpoch()).isEqualTo(3);
    refuses("dataset-too-small", () -> TensorBatches.of(rows.subList(0, 1), pairs));
  }

  private LabelKind kind(Tensor labels) throws IOException {
    Path file = write("labelled", Map.of("pixels", pixels(0, 4, 1), "labels", labels));
    return sets(Optional.of(file), Optional.empty(), MODEL, 0).train(ALL, true).getFirst().labels();
  }

  private static Optional<String> none() {
    return Optional.empty();
  }

  private TensorReading reading(Signature signature, Optional<String> labels) {
    return new TensorReading(Optional.empty(), labels, signature, directory);
  }

  private ExampleSets<TensorRow> sets(
      Optional<Path> train, Optional<Path> evaluation, Signature signature, long seed) {
    return ExampleSets.ofTensors(
        new Sources(train, evaluation, Optional.empty()), reading(signature, none()), seed);
  }

  private static List<Double> firsts(List<TensorRow> rows) {
    return TensorBatches.of(rows, MODEL).stream()
        .flatMap(batch ->
            LongStream.range(0, batch.size())
                .mapToObj(
                    i -> Objects.requireNonNull(batch.inputs().get("pixels")).get((int) i * 2)))
        .toList();
  }

  private Optional<Path> file(String name, int from, int to, int times) throws IOException {
    int rows = (to - from) * times;
    long[] labels = LongStream.range(0, rows).map(i -> i % 2).toArray();
    return Optional.of(
        write(
            name,
            Map.of(
                "pixels", pixels(from, to, times), "labels", longs(List.of((long) rows), labels))));
  }

  private Path write(String name, Map<String, Tensor> tensors) throws IOException {
    return NpzWriter.write(directory.resolve(name), tensors);
  }

  private static Tensor pixels(int from, int to, int times) {
    int rows = (to - from) * times;
    return floats(
        List.of((long) rows, 2L),
        LongStream.range(0, rows)
            .mapToDouble(i -> from + i % (to - from))
            .flatMap(value -> DoubleStream.of(value, value + 0.5))
            .toArray());
  }

  private static AbstractThrowableAssert<?, ?> refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    return assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
