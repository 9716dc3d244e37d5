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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextInputsTest {
  /** Splits at spaces; unknown words are id 0. */
  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "c": 3}}}
      """;

  private static final List<InputSpec> BERT =
      List.of(
          spec("input_ids"), spec("attention_mask"), spec("token_type_ids"), spec("position_ids"));

  @TempDir Path directory;

  @Test
  void batchesTextsOfOneLengthWithoutPadding() throws Exception {
    List<Map<String, Tensor>> batches = read(BERT, Map.of(), "a b\n\n  c\nb a\nx y\n");
    assertThat(batches).hasSize(2);
    assertThat(values(batches.get(0), "input_ids")).containsExactly(3L);
    Map<String, Tensor> pairs = batches.get(1);
    assertThat(pairs.get("input_ids")).extracting(Tensor::shape).isEqualTo(List.of(3L, 2L));
    assertThat(values(pairs, "input_ids")).containsExactly(1L, 2L, 2L, 1L, 0L, 0L);
    assertThat(values(pairs, "attention_mask")).containsOnly(1L);
    assertThat(values(pairs, "token_type_ids")).containsOnly(0L);
    assertThat(values(pairs, "position_ids")).containsExactly(0L, 1L, 0L, 1L, 0L, 1L);
  }

  @Test
  void truncates() throws Exception {
    assertThat(values(read(BERT, Map.of(), "a b c a b c a b c").getFirst(), "input_ids"))
        .containsExactly(1L, 2L, 3L, 1L);
  }

  @Test
  void drawsTheSameSampleWithTheSameSeed() throws Exception {
    Path file =
        write("lines", String.join("\n", IntStream.range(0, 500).mapToObj(i -> "t" + i).toList()));
    List<String> sample = TextFile.sample(file, 20, 7);
    assertThat(sample).hasSize(20).doesNotHaveDuplicates();
    assertThat(TextFile.sample(file, 20, 7)).isEqualTo(sample);
    assertThat(TextFile.sample(file, 20, 8)).isNotEqualTo(sample);
    assertThat(sample).anyMatch(t -> Integer.parseInt(t.substring(1)) > 100);
  }

  @Test
  void refusesATokenizerWithIdsBeyondTheEmbedding() {
    refuses("tokenizer-not-of-model", BERT, Map.of("input_ids", 2L), TOKENIZER, "a b c");
  }

  @Test
  void refusesWhatNoTextGives() {
    refuses("dataset-not-for-model", List.of(spec("pixel_values")), Map.of(), TOKENIZER, "a");
    InputSpec fixed =
        new InputSpec(
            "input_ids",
            ElementType.INT64,
            List.of(new Dimension.Fixed(1), new Dimension.Fixed(128)));
    refuses("dataset-not-for-model", List.of(fixed), Map.of(), TOKENIZER, "a");
  }

  @Test
  void refusesFilesThatAreNotWhatTheyShouldBe() throws Exception {
    refuses("dataset-empty", BERT, Map.of(), TOKENIZER, "\n \n");
    refuses("tokenizer-unreadable", BERT, Map.of(), "{}", "a");
    refuses("dataset-line-too-long", BERT, Map.of(), TOKENIZER, "a".repeat(2_000_000));
    Path binary =
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> TextFile.sample(binary, 1, 0))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo("dataset-not-utf8"));
  }

  private void refuses(
      String code, List<InputSpec> specs, Map<String, Long> bounds, String tokenizer, String text) {
    assertThatThrownBy(() ->
            new TextInputs(specs, bounds)
                .read(write("text", text), write("tokenizer.json", tokenizer), 4, 100, 0))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private List<Map<String, Tensor>> read(
      List<InputSpec> specs, Map<String, Long> bounds, String text) throws IOException {
    return new TextInputs(specs, bounds)
        .read(write("text", text), write("tokenizer.json", TOKENIZER), 4, 100, 0);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static List<Long> values(Map<String, Tensor> batch, String input) {
    Tensor tensor = Objects.requireNonNull(batch.get(input), input);
    return IntStream.range(0, tensor.elements()).mapToObj(i -> (long) tensor.get(i)).toList();
  }

  private static InputSpec spec(String name) {
    return new InputSpec(
        name,
        ElementType.INT64,
        List.of(new Dimension.Dynamic("batch"), new Dimension.Dynamic("sequence")));
  }
}
