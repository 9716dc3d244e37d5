package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.data.TrainingBatches.Encoding;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingBatchesTest {
  private static final long SEED = 11;
  private static final int TEXTS = 1003;
  private static final int BATCH = 8;

  /** Of places in all batches, where texts have 1 to 60 tokens; a batch of chance wastes half. */
  private static final double MOST_PADDING = 0.1;

  private static final List<InputSpec> MASKED = List.of(spec("input_ids"), spec("attention_mask"));
  private static final List<InputSpec> UNMASKED = List.of(spec("input_ids"));

  @TempDir Path directory;

  @Test
  void everyTextIsInOneBatchOfEveryEpoch() throws Exception {
    for (List<InputSpec> inputs : List.of(MASKED, UNMASKED)) {
      TrainingBatches batches = batches(inputs, SEED);
      for (int epoch = 0; epoch < 3; epoch++) {
        assertThat(lines(batches, epoch).stream().sorted().toList())
            .isEqualTo(LongStream.range(0, TEXTS).boxed().toList());
      }
    }
  }

  @Test
  void aBatchIsTheSameInAnotherProcessThatBeginsThere() throws Exception {
    TrainingBatches first = batches(MASKED, SEED);
    List<Long> third = lines(first, 2);
    TrainingBatches resumed = batches(MASKED, SEED);
    TextBatch batch = resumed.batch(2, 5);
    assertThat(batch.examples()).isEqualTo(first.batch(2, 5).examples());
    assertThat(values(batch)).isEqualTo(values(first.batch(2, 5)));
    assertThat(lines(resumed, 2)).isEqualTo(third);
  }

  @Test
  void epochsAndSeedsHaveOrdersOfTheirOwn() throws Exception {
    TrainingBatches batches = batches(MASKED, SEED);
    List<Long> first = lines(batches, 0);
    assertThat(lines(batches, 1)).isNotEqualTo(first);
    assertThat(lines(batches, 0)).isEqualTo(first);
    assertThat(lines(batches(MASKED, SEED + 1), 0)).isNotEqualTo(first);
  }

  @Test
  void textsOfAboutOneLengthAreTogetherAndLittleIsPadding() throws Exception {
    TrainingBatches batches = batches(MASKED, SEED);
    long places = 0;
    long tokens = 0;
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < batches.batchesPerEpoch(); i++) {
      TextBatch batch = batches.batch(0, i);
      places += batch.attentionMask().elements();
      tokens += IntStream.range(0, batch.attentionMask().elements()).filter(batch::isToken).count();
      lengths.add(batch.sequence());
    }
    assertThat(1 - (double) tokens / places).as("seed %d", SEED).isLessThan(MOST_PADDING);
    // the batches themselves are shuffled: not from short to long
    assertThat(lengths).isNotEqualTo(lengths.stream().sorted().toList());
  }

  @Test
  void aModelWithoutAMaskGetsTextsOfOneLength() throws Exception {
    TrainingBatches batches = batches(UNMASKED, SEED);
    for (int i = 0; i < batches.batchesPerEpoch(); i++) {
      TextBatch batch = batches.batch(0, i);
      assertThat(IntStream.range(0, batch.attentionMask().elements())).allMatch(batch::isToken);
    }
  }

  @Test
  void labelsComeWithTheirTexts() throws Exception {
    TextBatch batch = batches(MASKED, SEED).batch(1, 3);
    Targets.Classes classes = (Targets.Classes) batch.targets();
    for (int i = 0; i < batch.size(); i++) {
      assertThat(classes.indices().get(i)).isEqualTo((double) (batch.examples().get(i).line() % 3));
    }
  }

  @Test
  void refusesLabelsThatAreNoClassOfTheModel() throws Exception {
    TrainingBatches batches = batches(MASKED, SEED);
    batches.requireLabelsBelow(3);
    assertThatThrownBy(() -> batches.requireLabelsBelow(2))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class,
            e -> assertThat(e.code()).isEqualTo("dataset-label-out-of-range"))
        .hasMessageContaining("line 2:");
  }

  @Test
  void hiddenTokensDifferByEpochAndAreFoundByTheirTargets() throws Exception {
    TrainingBatches batches = batches(MASKED, SEED, TextTask.MASKED_LANGUAGE);
    int hidden = 0;
    int all = 0;
    for (int i = 0; i < batches.batchesPerEpoch(); i++) {
      TextBatch batch = batches.batch(0, i);
      Tensor targets = ((Targets.Places) batch.targets()).indices();
      for (int place = 0; place < targets.elements(); place++) {
        all += batch.isToken(place) ? 1 : 0;
        boolean counts = targets.get(place) != Targets.IGNORED;
        hidden += counts ? 1 : 0;
        assertThat(counts && !batch.isToken(place)).isFalse();
      }
    }
    assertThat((double) hidden / all).isBetween(0.13, 0.17);
    assertThat(values(batches.batch(0, 0))).isEqualTo(values(batches.batch(0, 0)));
  }

  @Test
  void theTargetOfACausalModelIsTheNextToken() throws Exception {
    TextBatch batch =
        new TextBatches(MASKED, Map.of(), TextTask.CAUSAL_LANGUAGE)
            .of(List.of(TextExample.of(1, "a b c"), TextExample.of(2, "b")), tokenizer(), 64)
            .getFirst();
    Tensor targets = ((Targets.Places) batch.targets()).indices();
    assertThat(IntStream.range(0, 6).mapToObj(i -> (int) targets.get(i)))
        .containsExactly(-100, -100, -100, 2, 3, -100);
  }

  @Test
  void theTagOfAWordIsTheTargetOfItsFirstToken() throws Exception {
    // the tokenizer cuts "a-b" into three tokens of one word
    Label words = new Label.OfWords(List.of("c", "a-b", "b"), List.of(4, 5, 6));
    TextExample example = new TextExample(1, "c a-b b", Optional.empty(), words);
    TextBatch batch =
        new TextBatches(MASKED, Map.of(), TextTask.TOKEN_CLASSIFICATION)
            .of(List.of(example), tokenizer(), 64)
            .getFirst();
    Tensor targets = ((Targets.Places) batch.targets()).indices();
    assertThat(IntStream.range(0, targets.elements()).mapToObj(i -> (int) targets.get(i)))
        .containsExactly(4, 5, -100, -100, 6);
  }

  private TrainingBatches batches(List<InputSpec> inputs, long seed) throws IOException {
    return batches(inputs, seed, TextTask.CLASSIFICATION);
  }

  private TrainingBatches batches(List<InputSpec> inputs, long seed, TextTask task)
      throws IOException {
    return TrainingBatches.of(
        examples(),
        new Encoding(task, tokenizer(), 64),
        new Signature(inputs, Map.of()),
        BATCH,
        seed);
  }

  private Path tokenizer() throws IOException {
    return Files.writeString(
        directory.resolve("tokenizer.json"),
        TextBatchesTest.TOKENIZER
            .replace("[PAD]\": 4", "[PAD]\": 4, \"[MASK]\": 5")
            .replace(
                "\"added_tokens\": [",
                """
                "added_tokens": [{"id": 5, "content": "[MASK]", "single_word": false,
                 "lstrip": false, "rstrip": false, "normalized": false, "special": true},
                """));
  }

  private static List<TextExample> examples() {
    Random random = new Random(SEED);
    List<TextExample> examples = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      String text = "a b c ".repeat(20).substring(0, 2 * (1 + random.nextInt(60)));
      Label label = new Label.OfClass(i % 3);
      examples.add(new TextExample(i, text.strip(), Optional.empty(), label));
    }
    return examples;
  }

  private static List<Long> lines(TrainingBatches batches, int epoch) {
    return IntStream.range(0, batches.batchesPerEpoch())
        .boxed()
        .flatMap(i -> batches.batch(epoch, i).examples().stream())
        .map(TextExample::line)
        .toList();
  }

  private static List<Double> values(TextBatch batch) {
    Tensor ids = Objects.requireNonNull(batch.inputs().get("input_ids"));
    return IntStream.range(0, ids.elements()).mapToObj(ids::get).toList();
  }

  private static InputSpec spec(String name) {
    return new InputSpec(
        name,
        ElementType.INT64,
        List.of(new Dimension.Dynamic("batch"), new Dimension.Dynamic("sequence")));
  }
}
