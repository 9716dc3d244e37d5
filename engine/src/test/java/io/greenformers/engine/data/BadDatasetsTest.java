package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.data.ExampleSets.Reading;
import io.greenformers.engine.data.ExampleSets.Sources;
import io.greenformers.engine.data.TrainingBatches.Encoding;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is wrong with a training set is said, with its code, its place and what is expected,
 * before anything is trained. Codes that begin with {@code dataset-} or {@code tokenizer-} end the
 * command line with exit code 5.
 */
final class BadDatasetsTest {
  private static final long GIGABYTE = 1L << 30;

  /** Good for every task. */
  private static final String EVALUATION =
      """
      {"text": "x", "tokens": ["x"], "sentence1": "x", "sentence2": "y"}
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CLASSIFICATION | `` | dataset-empty | at least one text",
        "CLASSIFICATION | `\n\n` | dataset-empty | at least one text",
        "CLASSIFICATION | `text,label\n` | dataset-empty | at least one text",
        "CLASSIFICATION | `text,stars\na,1\n` | dataset-column-missing | data.columns.label",
        "CLASSIFICATION | `a,label\nx,1\ny,0\n,1\n` | dataset-rows-invalid | line 4: column 'a'",
        "CLASSIFICATION | `text,label\na,1\nb,1\n` | dataset-single-class | only class 1 from line 2",
        "CLASSIFICATION | `text,label\na,1\nb,NaN\n` | dataset-rows-invalid | line 3: column 'label'",
        "CLASSIFICATION | `text,label\na,1\nb,-3\n` | dataset-rows-invalid | found '-3'",
        "CLASSIFICATION | `text,label\na,good\nb,bad\n` | dataset-labels-are-names | 'good'",
        "CLASSIFICATION | `text,label\na,1\nb\n` | dataset-rows-invalid | line 3: expected 2 columns",
        "CLASSIFICATION | `text,label,text\na,1,b\n` | dataset-columns-repeated | line 1",
        "CLASSIFICATION | `text,label\n\"a,1\nb,0\n` | dataset-malformed | line 1",
        "CLASSIFICATION | `{\"text\": \"a\"}\n{\"text\": ` | dataset-column-missing | 'text'",
        "CLASSIFICATION | `{\"text\": \"a\", \"label\": 1}\n{\"text\": ` | dataset-rows-invalid | line 2",
        "CLASSIFICATION | `{\"text\": {}, \"label\": 1}` | dataset-rows-invalid | line 1: column 'text'",
        "CLASSIFICATION | `[\n{\"text\": \"a\", \"label\": 1}]` | dataset-format-unknown | array",
        "CLASSIFICATION | `text,label\na,1\nb,0\nc,7\n` | dataset-label-out-of-range | line 4",
        "REGRESSION | `text,score\na,1\nb,inf\n` | dataset-rows-invalid | line 3: column 'score'",
        "REGRESSION | `text,score\na,1\nb,1e999\n` | dataset-rows-invalid | a finite number",
        "REGRESSION | `text,score\na,0.5\nb,0.5\n` | dataset-single-class | only 0.5",
        "TOKEN_CLASSIFICATION | `tokens,tags\na,1\n` | dataset-rows-invalid | a list of words",
        "TOKEN_CLASSIFICATION | `{\"tokens\": [\"a\", \"b\"], \"tags\": [1]}` | dataset-rows-invalid | 2 tags",
        "TOKEN_CLASSIFICATION | `{\"tokens\": [\"a\"], \"tags\": [\"B-PER\"]}` | dataset-labels-are-names | 'B-PER'",
        "TOKEN_CLASSIFICATION | `{\"tokens\": [\"a\", \" \"], \"tags\": [0, 1]}` | dataset-rows-invalid | column 'tokens'",
        "TOKEN_CLASSIFICATION | `{\"tokens\": [\"a\", \"b\"], \"tags\": [0, 3]}` | dataset-label-out-of-range | found 3",
        "EMBEDDING | `text,other\na,b\n` | dataset-column-missing | data.columns.textPair",
        "EMBEDDING | `sentence1,sentence2\na,\n` | dataset-rows-invalid | column 'sentence2'",
        "MASKED_LANGUAGE | `a\nb\n` | tokenizer-without-mask | [MASK]",
      })
  void isRefusedWithItsPlace(TextTask task, String content, String code, String said)
      throws Exception {
    Path file = Files.writeString(directory.resolve("5f2c8e"), content);
    refuses(code, file, task).hasMessageContaining(said);
  }

  @Test
  void theFieldOfTheFileIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("train"), "text,label\na,\n");
    refuses("dataset-rows-invalid", file, TextTask.CLASSIFICATION)
        .hasMessageStartingWith("data.train: the dataset: 1 row cannot be used");
  }

  @Test
  void bytesThatAreNoUtf8AreFoundAtTheirLine() throws Exception {
    String good = "a b c,1\n".repeat(50_000);
    for (String header : List.of("text,label\n", "")) {
      Path file = directory.resolve("latin1");
      Files.writeString(file, header + good);
      byte[] bad = "caf\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1);
      Files.write(file, bad, java.nio.file.StandardOpenOption.APPEND);
      int line = 50_001 + (header.isEmpty() ? 0 : 1);
      TextTask task = header.isEmpty() ? TextTask.NONE : TextTask.CLASSIFICATION;
      refuses("dataset-not-utf8", file, task).hasMessageContaining("line " + line + ":");
    }
    Path utf16 = Files.write(directory.resolve("utf16"), "text".getBytes(StandardCharsets.UTF_16));
    refuses("dataset-not-utf8", utf16, TextTask.NONE).hasMessageContaining("UTF-16");
  }

  @Test
  @Timeout(20)
  void aLineOfAGigabyteIsNotReadIntoMemory() throws Exception {
    for (String begins :
        List.of("text,label\na,1\n\"", "text\tlabel\na\t1\n", "{\"text\": \"", "a")) {
      Path file = Files.writeString(directory.resolve("long"), begins);
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(GIGABYTE);
      }
      TextTask task = begins.contains("label") ? TextTask.CLASSIFICATION : TextTask.NONE;
      long before = used();
      assertThatThrownBy(() -> train(file, task))
          .isInstanceOfSatisfying(
              InvalidDatasetException.class,
              e -> assertThat(e.code()).isIn("dataset-line-too-long", "dataset-malformed"))
          .hasMessageContaining("line ");
      assertThat(used() - before).isLessThan(GIGABYTE / 8);
    }
  }

  @Test
  void archivesAreRefused() throws Exception {
    Path gzip = Files.write(directory.resolve("gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    refuses("dataset-format-unknown", gzip, TextTask.NONE).hasMessageContaining("gzip");
  }

  @Test
  void tokenizersThatDoNotFitAreRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("t"), "a b c\n");
    Path broken = Files.writeString(directory.resolve("broken.json"), "{\"model\": {}}");
    Path other = Files.writeString(directory.resolve("t.json"), TextBatchesTest.TOKENIZER);
    refuses("tokenizer-unreadable", () -> train(file, TextTask.NONE, broken, Map.of()));
    refuses(
            "tokenizer-not-of-model",
            () -> train(file, TextTask.NONE, other, Map.of("input_ids", 3L)))
        .hasMessageContaining("line 1")
        .hasMessageContaining("'input_ids'")
        .hasMessageContaining("found 3");
  }

  @Test
  void textsWithoutATokenAreRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("t"), "a\n");
    Path empty =
        Files.writeString(
            directory.resolve("empty.json"),
            TextBatchesTest.TOKENIZER.replace(
                "\"normalizer\": null",
                "\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \"\"}"));
    refuses("dataset-too-small", () -> train(file, TextTask.NONE, empty, Map.of()));
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private AbstractThrowableAssert<?, ?> refuses(String code, Path file, TextTask task) {
    return refuses(code, () -> train(file, task));
  }

  private static AbstractThrowableAssert<?, ?> refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable training) {
    return assertThatThrownBy(training)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void train(Path file, TextTask task) throws IOException {
    Path tokenizer = directory.resolve("tokenizer.json");
    Files.writeString(tokenizer, TextBatchesTest.TOKENIZER);
    train(file, task, tokenizer, Map.of());
  }

  /** As a recovery begins, with a model of three classes. */
  private static void train(Path file, TextTask task, Path tokenizer, Map<String, Long> bounds)
      throws IOException {
    Path other = Files.writeString(file.resolveSibling("evaluation"), EVALUATION);
    ExampleSets<TextExample> sets =
        ExampleSets.ofTexts(
            new Sources(Optional.of(file), Optional.of(other), Optional.empty()),
            new Reading(Optional.empty(), TextColumns.GUESSED, task),
            0);
    InputSpec ids =
        new InputSpec(
            "input_ids",
            ElementType.INT64,
            List.of(new Dimension.Dynamic(""), new Dimension.Dynamic("")));
    TrainingBatches.of(
            sets.train(1000, true),
            new Encoding(task, tokenizer, 16),
            new Signature(List.of(ids), bounds),
            4,
            0)
        .requireLabelsBelow(3);
  }
}
