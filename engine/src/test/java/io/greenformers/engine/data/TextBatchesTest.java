package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextBatchesTest {
  /** Splits at spaces; unknown words are id 0, padding is 4. */
  static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [{"id": 4, "content": "[PAD]", "single_word": false, "lstrip": false,
                         "rstrip": false, "normalized": false, "special": true}],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "?",
                 "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, "[PAD]": 4}}}
      """;

  private static final List<InputSpec> BERT =
      List.of(
          spec("input_ids"), spec("attention_mask"), spec("token_type_ids"), spec("position_ids"));

  @TempDir Path directory;

  @Test
  void padsTheShorterTextsOfABatchForAModelWithAMask() throws Exception {
    List<TextBatch> batches = batches(BERT, Map.of(), "a b c", "c", "b a");
    assertThat(batches).hasSize(1);
    TextBatch batch = batches.getFirst();
    assertThat(batch.examples()).extracting(TextExample::text).containsExactly("c", "b a", "a b c");
    assertThat(values(batch, "input_ids")).containsExactly(3L, 4L, 4L, 2L, 1L, 4L, 1L, 2L, 3L);
    assertThat(values(batch, "attention_mask")).containsExactly(1L, 0L, 0L, 1L, 1L, 0L, 1L, 1L, 1L);
    assertThat(values(batch, "token_type_ids")).containsOnly(0L);
    assertThat(values(batch, "position_ids")).containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L);
    assertThat(batch.attentionMask().shape()).containsExactly(3L, 3L);
    assertThat(batch.isToken(0)).isTrue();
    assertThat(batch.isToken(1)).isFalse();
  }

  @Test
  void batchesTextsOfOneLengthForAModelWithoutAMask() throws Exception {
    List<TextBatch> batches = batches(List.of(spec("input_ids")), Map.of(), "a b", "c", "b a");
    assertThat(batches).hasSize(2);
    assertThat(values(batches.getFirst(), "input_ids")).containsExactly(3L);
    assertThat(values(batches.getLast(), "input_ids")).containsExactly(1L, 2L, 2L, 1L);
    assertThat(batches).allMatch(b -> IntStream.range(0, b.size()).allMatch(b::isToken));
  }

  @Test
  void aDecoderNeedsAMaskOfItsOwnForPadding() throws Exception {
    List<InputSpec> half =
        List.of(spec("input_ids"), spec("attention_mask"), spec("decoder_input_ids"));
    assertThat(batches(half, Map.of(), "a b", "c")).hasSize(2);
  }

  @Test
  void padsWithAnIdThatTheModelKnows() throws Exception {
    TextBatch batch = batches(BERT, Map.of("input_ids", 4L), "a b", "c").getFirst();
    assertThat(values(batch, "input_ids")).containsExactly(3L, 0L, 1L, 2L);
  }

  @Test
  void truncatesAndKeepsBatchesSmall() throws Exception {
    String[] texts = new String[100];
    Arrays.fill(texts, "a b c a b c");
    List<TextBatch> batches = batches(BERT, Map.of(), texts);
    assertThat(batches).hasSize(4).allMatch(b -> b.sequence() == 4 && b.size() <= 32);
    assertThat(values(batches.getFirst(), "input_ids").subList(0, 4))
        .containsExactly(1L, 2L, 3L, 1L);
  }

  @Test
  void encodesPairs() throws Exception {
    TextExample pair = new TextExample(1, "a", Optional.of("b c"), new Label.None());
    TextBatch batch = batches(BERT, Map.of(), List.of(pair)).getFirst();
    assertThat(values(batch, "input_ids")).containsExactly(1L, 2L, 3L);
    assertThat(values(batch, "token_type_ids")).containsExactly(0L, 1L, 1L);
  }

  @Test
  void refusesATokenizerWithIdsBeyondTheEmbedding() {
    refuses("tokenizer-not-of-model", BERT, Map.of("input_ids", 2L), TOKENIZER, "a b c");
  }

  @Test
  void refusesTextsBeyondTheTableOfPositions() {
    refuses("dataset-texts-too-long", BERT, Map.of("position_ids", 2L), TOKENIZER, "a b c");
  }

  @Test
  void refusesWhatNoTextGives() {
    List<InputSpec> pictures = List.of(spec("input_ids"), spec("pixel_values"));
    refuses("dataset-not-for-model", pictures, Map.of(), TOKENIZER, "a");
    List<InputSpec> withoutMask = List.of(fixed("input_ids", 1, 128));
    refuses("dataset-not-for-model", withoutMask, Map.of(), TOKENIZER, "a");
    List<InputSpec> four = List.of(fixed("input_ids", 4, 128), fixed("attention_mask", 4, 128));
    refuses("dataset-not-for-model", four, Map.of(), TOKENIZER, "a");
  }

  @Test
  void knowsInputsByTheNamesThatExportersGive() throws Exception {
    List<InputSpec> specs =
        List.of(spec("input_word_ids:0"), spec("input_mask:0"), spec("segment_ids:0"));
    TextBatch batch = batches(specs, Map.of(), "a b", "c").getFirst();
    assertThat(values(batch, "input_word_ids:0")).containsExactly(3L, 4L, 1L, 2L);
    assertThat(values(batch, "input_mask:0")).containsExactly(1L, 0L, 1L, 1L);
    assertThat(PaddingMask.of(batch.inputs().keySet())).contains("input_mask:0");
  }

  @Test
  void aSingleInputOfIntegersHoldsTheIds() throws Exception {
    assertThat(values(batches(List.of(spec("x")), Map.of(), "a b").getFirst(), "x"))
        .containsExactly(1L, 2L);
  }

  @Test
  void padsOneTextAtATimeToTheLengthThatTheModelTakes() throws Exception {
    List<InputSpec> specs = List.of(fixed("input_ids", 1, 3), fixed("attention_mask", 1, 3));
    List<TextBatch> batches = batches(specs, Map.of(), "a b c a", "c");
    assertThat(batches).extracting(TextBatch::size).containsExactly(1, 1);
    assertThat(values(batches.getFirst(), "attention_mask")).containsExactly(1L, 0L, 0L);
    assertThat(values(batches.getLast(), "input_ids")).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aCacheIsEmptyAndStaysWhole() throws Exception {
    InputSpec cache =
        new InputSpec(
            "past_key_values.0.key",
            ElementType.FLOAT,
            List.of(
                new Dimension.Dynamic("batch"),
                new Dimension.Fixed(2),
                new Dimension.Dynamic("past_sequence_length"),
                new Dimension.Fixed(8)));
    List<InputSpec> specs =
        List.of(
            spec("input_ids"),
            spec("attention_mask"),
            cache,
            new InputSpec("use_cache_branch", ElementType.BOOL, List.of(new Dimension.Fixed(1))),
            new InputSpec("num_logits_to_keep", ElementType.INT64, List.of()));
    TextBatch batch = batches(specs, Map.of(), "a b", "c").getFirst().rows(1, 2);
    assertThat(shape(batch, "past_key_values.0.key")).containsExactly(1L, 2L, 0L, 8L);
    assertThat(shape(batch, "use_cache_branch")).containsExactly(1L);
    assertThat(values(batch, "num_logits_to_keep")).containsExactly(0L);
  }

  @Test
  void refusesWhatIsNoTokenizer() {
    refuses("tokenizer-unreadable", BERT, Map.of(), "{}", "a");
    refuses("tokenizer-unreadable", BERT, Map.of(), "sentence\tlabel", "a");
  }

  @Test
  void refusesLabelsThatAreNoClassOfTheModel() throws Exception {
    List<TextBatch> batches =
        batches(
            BERT,
            Map.of(),
            List.of(
                new TextExample(2, "a", Optional.empty(), new Label.OfClass(1)),
                new TextExample(3, "b", Optional.empty(), new Label.OfClass(2))));
    ModelBatch.requireLabelsBelow(3, batches);
    assertThatThrownBy(() -> ModelBatch.requireLabelsBelow(2, batches))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class,
            e -> assertThat(e.code()).isEqualTo("dataset-label-out-of-range"))
        .hasMessageContaining("1 row")
        .hasMessageContaining("line 3")
        .hasMessageContaining("found 2");
  }

  private void refuses(
      String code, List<InputSpec> specs, Map<String, Long> bounds, String tokenizer, String text) {
    assertThatThrownBy(() ->
            new TextBatches(specs, bounds)
                .of(List.of(TextExample.of(1, text)), write(tokenizer), 4))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private List<TextBatch> batches(List<InputSpec> specs, Map<String, Long> bounds, String... texts)
      throws IOException {
    return batches(specs, bounds, Arrays.stream(texts).map(t -> TextExample.of(1, t)).toList());
  }

  private List<TextBatch> batches(
      List<InputSpec> specs, Map<String, Long> bounds, List<TextExample> examples)
      throws IOException {
    return new TextBatches(specs, bounds).of(examples, write(TOKENIZER), 4);
  }

  private Path write(String tokenizer) throws IOException {
    return Files.writeString(directory.resolve("tokenizer.json"), tokenizer);
  }

  private static List<Long> values(TextBatch batch, String input) {
    Tensor tensor = Objects.requireNonNull(batch.inputs().get(input), input);
    return IntStream.range(0, tensor.elements()).mapToObj(i -> (long) tensor.get(i)).toList();
  }

  private static List<Long> shape(TextBatch batch, String input) {
    return Objects.requireNonNull(batch.inputs().get(input), input).shape();
  }

  private static InputSpec fixed(String name, long batch, long length) {
    return new InputSpec(
        name, ElementType.INT64, List.of(new Dimension.Fixed(batch), new Dimension.Fixed(length)));
  }

  private static InputSpec spec(String name) {
    return new InputSpec(
        name,
        ElementType.INT64,
        List.of(new Dimension.Dynamic("batch"), new Dimension.Dynamic("sequence")));
  }
}
