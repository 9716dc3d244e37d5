package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that pyarrow 25 wrote. */
final class ParquetRowsTest {
  private static final Path FILES = Path.of("src/test/resources/parquet");

  @TempDir Path directory;

  @Test
  void columnsAreFoundByTheirNames() {
    assertThat(read(FILES.resolve("labelled.parquet"), TextTask.CLASSIFICATION))
        .containsExactly(
            new TextExample(1, "fine, really", Optional.empty(), new Label.OfClass(1)),
            new TextExample(2, "\"so what", Optional.empty(), new Label.OfClass(0)),
            new TextExample(3, "caf\u00e9", Optional.empty(), new Label.OfClass(1)));
  }

  @Test
  void listsAreWordsAndTheirTags() {
    assertThat(read(FILES.resolve("tagged.parquet"), TextTask.TOKEN_CLASSIFICATION))
        .extracting(TextExample::label)
        .containsExactly(
            new Label.OfWords(List.of("c", "a-b", "b"), List.of(4, 5, 6)),
            new Label.OfWords(List.of("b"), List.of(0)));
  }

  @Test
  void rowsAreNamed() {
    refuses("dataset-rows-invalid", FILES.resolve("bad-rows.parquet"), TextTask.REGRESSION)
        .hasMessageContaining("row 2: column 'text': expected a text, found none")
        .hasMessageContaining("row 2: column 'score'");
  }

  @Test
  void whatCannotBeReadIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(FILES.resolve("labelled.parquet"));
    for (int length : new int[] {4, 8, 100, whole.length / 2, whole.length - 1}) {
      Path truncated = Files.write(directory.resolve("truncated"), Arrays.copyOf(whole, length));
      refuses("dataset-malformed", truncated, TextTask.CLASSIFICATION);
    }
    refuses("dataset-malformed", FILES.resolve("brotli.parquet"), TextTask.REGRESSION)
        .hasMessageContaining("snappy");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refuses(
      String code, Path file, TextTask task) {
    return assertThatThrownBy(() -> read(file, task))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static List<TextExample> read(Path file, TextTask task) {
    List<TextExample> examples = new ArrayList<>();
    new ExampleFile(file, Optional.empty(), TextColumns.GUESSED, task, true).forEach(examples::add);
    return examples;
  }
}
