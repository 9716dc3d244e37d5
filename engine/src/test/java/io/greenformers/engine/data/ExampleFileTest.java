package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as users have them, under the name that an upload has: none that says anything. */
final class ExampleFileTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sentence\tlabel\nfine, really\t1\n\"so what\t0\n",
        "\ufeffsentence\tlabel\r\nfine, really\t1\r\n\"so what\t0\r\n",
        "label,text\n1,\"fine, really\"\n0,\"\"\"so what\"\n",
        "\ufeffidx,Label,Text\r\n7,1.0,\"fine, really\"\r\n8,0.0,\"\"\"so what\"",
        "{\"text\": \"fine, really\", \"label\": 1}\n\n{\"label\": 0, \"text\": \"\\\"so what\"}",
        "{\"review\": \"fine, really\", \"class\": \"1\"}\n{\"review\": \"\\\"so what\", \"class\": 0.0}",
        "opinion,label\n\"fine, really\",1\n\"\"\"so what\",0\n",
      })
  void findsTextsAndLabelsByThemselves(String content) throws Exception {
    List<TextExample> examples = read(content, TextColumns.GUESSED, true);
    assertThat(examples).extracting(TextExample::text).containsExactly("fine, really", "\"so what");
    assertThat(examples)
        .extracting(TextExample::label)
        .containsExactly(new Label.OfClass(1), new Label.OfClass(0));
  }

  @Test
  void plainTextIsOneTextPerLine() throws Exception {
    List<TextExample> examples =
        read("\ufeffone, two\r\n\n  \nthree\tfour\n{}", TextColumns.GUESSED, false);
    assertThat(examples)
        .extracting(TextExample::text)
        .containsExactly("one, two", "three\tfour", "{}");
    assertThat(examples).extracting(TextExample::line).containsExactly(1L, 4L, 5L);
  }

  @Test
  void theExtensionWinsOverTheContent() throws Exception {
    Path file = Files.writeString(directory.resolve("a.txt"), "text,label\nx,1\n");
    assertThat(read(file, Optional.empty(), TextColumns.GUESSED, false)).hasSize(2);
    assertThat(read(file, Optional.of(TextFormat.CSV), TextColumns.GUESSED, false)).hasSize(1);
  }

  @Test
  void quotedFieldsOfCsvMayHoldLineBreaks() throws Exception {
    List<TextExample> examples =
        read("text,label\n\"one\ntwo\",1\n\"say \"\"three\"\"\",0\n", TextColumns.GUESSED, true);
    assertThat(examples).extracting(TextExample::text).containsExactly("one\ntwo", "say \"three\"");
    assertThat(examples).extracting(TextExample::line).containsExactly(2L, 4L);
  }

  @Test
  void quotesOfTsvNeverJoinRows() throws Exception {
    List<TextExample> examples =
        read(
            "text\tlabel\n\"open\t1\n\"whole \"\"one\"\"\"\t0\nclose\"\t1\n\"a\" b \"c\"\t0\n",
            TextColumns.GUESSED,
            true);
    assertThat(examples)
        .extracting(TextExample::text)
        .containsExactly("\"open", "whole \"one\"", "close\"", "\"a\" b \"c\"");
  }

  @Test
  void readsThePairsThatItKnowsOrIsTold() throws Exception {
    assertThat(read("premise\thypothesis\tlabel\na\tb\t0\nc\td\t1\n", TextColumns.GUESSED, true))
        .extracting(e -> e.text() + "|" + e.pair().orElseThrow())
        .containsExactly("a|b", "c|d");
    TextColumns told = new TextColumns(Optional.of("q"), Optional.of("a"), Optional.of("right"));
    assertThat(read("q,a,right\nx,y,1\n", told, true))
        .containsExactly(new TextExample(2, "x", Optional.of("y"), new Label.OfClass(1)));
  }

  @Test
  void aColumnThatIsNotThereIsRefusedWithThoseThatAre() {
    TextColumns named = new TextColumns(Optional.of("body"), Optional.empty(), Optional.empty());
    refuses("dataset-column-missing", "sentence\tstars\na\t1\n", named, false)
        .hasMessageContaining("'body'")
        .hasMessageContaining("'sentence', 'stars'")
        .hasMessageContaining("data.columns.text");
    refuses("dataset-column-missing", "sentence\tstars\na\t1\n", TextColumns.GUESSED, true)
        .hasMessageContaining("data.columns.label");
    refuses("dataset-column-missing", "one text\nanother\n", TextColumns.GUESSED, true);
    refuses("dataset-column-missing", "text,review,label\na,b,1\n", TextColumns.GUESSED, true)
        .hasMessageContaining("one column with texts");
  }

  @Test
  void badRowsAreListedAndCounted() {
    StringBuilder rows = new StringBuilder("text,label\nfine,1\n");
    rows.append("fine,\nfine,nan\n,1\nfine,-1\nfine,0.5\nfine,positive\nfine\n");
    rows.append("fine,1,2\n".repeat(5));
    refuses("dataset-rows-invalid", rows.toString(), TextColumns.GUESSED, true)
        .hasMessageContaining("12 rows")
        .hasMessageContaining("line 3: column 'label': expected the index of a class")
        .hasMessageContaining("line 5: column 'text': expected a text")
        .hasMessageContaining("line 6: column 'label'")
        .hasMessageContaining("line 8: column 'label'")
        .hasMessageContaining("found 'positive'")
        .hasMessageContaining("line 9: expected 2 columns, found 1")
        .hasMessageContaining("line 12")
        .hasMessageNotContaining("line 13");
  }

  @Test
  void brokenJsonIsABadRow() {
    refuses(
            "dataset-rows-invalid",
            "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\":\n[1]\n{\"text\": [\"c\"], \"label\": null}",
            TextColumns.GUESSED,
            true)
        .hasMessageContaining("line 2: expected one JSON object")
        .hasMessageContaining("line 3: expected one JSON object")
        .hasMessageContaining("line 4: column 'text': expected a text, found none")
        .hasMessageContaining("line 4: column 'label'");
  }

  @Test
  void labelsThatAreNamesAreRefusedWithWhatToDo() {
    refuses("dataset-labels-are-names", "text,label\na,positive\n", TextColumns.GUESSED, true)
        .hasMessageContaining("'positive'")
        .hasMessageContaining("in the order of the model's outputs");
  }

  @Test
  void filesThatAreNotTextsAreRefused() throws Exception {
    refuses("dataset-empty", "\n \n", TextColumns.GUESSED, false);
    refuses("dataset-empty", "text,label\n", TextColumns.GUESSED, true);
    refuses("dataset-line-too-long", "a".repeat(2_000_000), TextColumns.GUESSED, false);
    refuses("dataset-format-unknown", "[\n {\"text\": \"a\"}\n]", TextColumns.GUESSED, false);
    refuses("dataset-columns-repeated", "text,text\na,b\n", TextColumns.GUESSED, false);
    refuses("dataset-malformed", "text,label\n\"open,1\n", TextColumns.GUESSED, true)
        .hasMessageContaining("line 1");
    for (byte[] bytes :
        List.of(
            new byte[] {'a', (byte) 0xff, 'b'},
            "text,label\na\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1),
            "text".getBytes(StandardCharsets.UTF_16))) {
      Path file = Files.write(directory.resolve("binary"), bytes);
      assertThatThrownBy(() -> read(file, Optional.empty(), TextColumns.GUESSED, false))
          .isInstanceOfSatisfying(
              InvalidDatasetException.class,
              e -> assertThat(e.code()).isEqualTo("dataset-not-utf8"));
    }
  }

  @Test
  void fieldsOfCsvAreBounded() {
    refuses(
        "dataset-malformed",
        "text,label\n\"" + "a\n".repeat(2_000_000) + "\",1\n",
        TextColumns.GUESSED,
        true);
  }

  private AbstractThrowableAssert<?, ?> refuses(
      String code, String content, TextColumns columns, boolean labelled) {
    return assertThatThrownBy(() -> read(content, columns, labelled))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private List<TextExample> read(String content, TextColumns columns, boolean labelled)
      throws IOException {
    Path file = Files.writeString(directory.resolve("5f2c8e"), content);
    return read(file, Optional.empty(), columns, labelled);
  }

  private static List<TextExample> read(
      Path file, Optional<TextFormat> format, TextColumns columns, boolean labelled) {
    List<TextExample> examples = new ArrayList<>();
    new ExampleFile(file, format, columns, TextTask.CLASSIFICATION, labelled)
        .forEach(examples::add);
    return examples;
  }
}
