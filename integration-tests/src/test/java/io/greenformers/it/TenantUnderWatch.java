package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.Examples;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A tenant whose model, datasets and keys all have a word in them that nobody else knows.
 *
 * @param canary seven letters, as long as the name in the model that it replaces
 * @param compression that ended well
 * @param refused a compression whose reason quotes the dataset
 */
record TenantUnderWatch(
    String canary, String model, String dataset, Compression compression, Compression refused) {
  private static final String REPLACED = "encoder";
  private static final int ROWS = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  TenantUnderWatch {
    if (canary.length() != REPLACED.length()) {
      throw new IllegalArgumentException("expected a canary as long as " + REPLACED);
    }
  }

  /** Uploads, inspects and compresses. */
  static TenantUnderWatch of(GreenformersClient client, String canary, Path directory)
      throws IOException {
    Path home = Files.createDirectories(directory.resolve(canary));
    String model = client.uploadModel(model(home, canary)).id();
    assertThat(client.inspect(model).toString()).contains(canary);
    String rows =
        IntStream.range(0, ROWS)
            .mapToObj(i -> "%s b %d,%s%d".formatted(canary, i, canary, i % 2))
            .collect(Collectors.joining("\n", "text,label\n", "\n"));
    String dataset = client.uploadDataset(Files.writeString(home.resolve("texts.csv"), rows)).id();
    String tokenizer =
        client
            .uploadDataset(Files.writeString(home.resolve("tokenizer.json"), tokenizer(canary)))
            .id();
    CompressionRequest good = QuickRequest.of(model);
    CompressionRequest bad =
        CompressionRequest.of(model)
            .ranks(Ranks.uniform(0.9))
            .data(Examples.texts(tokenizer).evaluation(dataset).labelColumn("label"))
            .latencyGrid(List.of(1), List.of(8))
            .build();
    String first = client.compress(good, "key " + canary).id();
    String second = client.compress(bad, "bad key " + canary).id();
    TenantUnderWatch tenant =
        new TenantUnderWatch(
            canary,
            model,
            dataset,
            client.await(first, PATIENCE, now -> {}),
            client.await(second, PATIENCE, now -> {}));
    assertThat(tenant.compression.state()).isEqualTo(CompressionState.SUCCEEDED);
    assertThat(tenant.refused.message().orElse("")).contains(canary);
    return tenant;
  }

  private static String tokenizer(String word) {
    return """
    {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
     "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
     "decoder": null,
     "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "%s": 1, "b": 2}}}
    """
        .formatted(word);
  }

  private static Path model(Path home, String canary) throws IOException {
    // one character per byte: nothing else changes
    String bytes = Files.readString(MainJobIT.BERT, StandardCharsets.ISO_8859_1);
    return Files.writeString(
        home.resolve("model.onnx"), bytes.replace(REPLACED, canary), StandardCharsets.ISO_8859_1);
  }
}
