package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.Examples;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import io.greenformers.client.Report;
import io.greenformers.client.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Datasets by their ids: what an upload is called is lost, its format is not. */
@ExtendWith(SharedService.class)
final class DatasetsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int TEXTS = 300;

  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "c": 3}}}
      """;

  @TempDir static Path directory;

  private static GreenformersClient client;

  @BeforeAll
  static void ask(RunningService service) {
    client = service.client();
  }

  @Test
  void measuresTheAccuracyOnLabelledTexts() throws Exception {
    String rows =
        IntStream.range(0, TEXTS)
            .mapToObj(i -> "\"%s, %d\",%d".formatted("a b c ".repeat(1 + i % 7).strip(), i, i % 2))
            .collect(Collectors.joining("\n", "review,label\n", "\n"));
    Compression done = compress(upload("reviews.csv", rows), "label");
    assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
    Report.Accuracy accuracy = client.report(done.id()).accuracy().orElseThrow();
    assertThat(accuracy.split()).isEqualTo("evaluation (two thirds)");
    assertThat(accuracy.samples()).isBetween(TEXTS / 2, TEXTS * 5 / 6);
    assertThat(accuracy.dropUpperBound()).isGreaterThanOrEqualTo(accuracy.drop());
  }

  @Test
  void refusesADatasetWithACodeThatSaysWhy() throws Exception {
    Compression done =
        compress(upload("named.csv", "text,label\nfine,good\nmeagre,bad\n"), "label");
    assertThat(done.state()).isEqualTo(CompressionState.REFUSED);
    assertThat(done.code()).contains("dataset-labels-are-names");
    assertThat(done.message().orElse("")).contains("'good'").contains("line 2");
  }

  @Test
  void saysWhichDatasetIsNotThere() throws Exception {
    String model = client.uploadModel(MainJobIT.BERT).id();
    String tokenizer = upload("tokenizer.json", TOKENIZER);
    CompressionRequest request =
        CompressionRequest.of(model)
            .sizeRatio(0.9)
            .data(Examples.texts(tokenizer).calibration("sha256:ff"))
            .build();
    assertThatThrownBy(() -> client.compress(request))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo("dataset-not-found");
              assertThat(e.fields()).containsEntry("field", "data.calibration");
            });
  }

  private static Compression compress(String evaluation, String label) throws IOException {
    String model = client.uploadModel(MainJobIT.BERT).id();
    CompressionRequest request =
        CompressionRequest.of(model)
            .ranks(Ranks.uniform(0.9))
            .data(
                Examples.texts(upload("tokenizer.json", TOKENIZER))
                    .evaluation(evaluation)
                    .labelColumn(label))
            .latencyGrid(List.of(1), List.of(8))
            .build();
    return client.await(client.compress(request).id(), PATIENCE, now -> {});
  }

  private static String upload(String name, String content) throws IOException {
    return client.uploadDataset(Files.writeString(directory.resolve(name), content)).id();
  }
}
