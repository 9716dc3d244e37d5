package io.greenformers.client.snippets;

import io.greenformers.client.CompressionRequest;
import io.greenformers.client.Examples;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import io.greenformers.client.Recovery;
import java.nio.file.Path;
import java.time.Duration;

final class Requests {
  private Requests() {}

  static CompressionRequest of(GreenformersClient client, String model, Path directory) {
    // @start region="request"
    String tokenizer = client.uploadDataset(directory.resolve("tokenizer.json")).id();
    String train = client.uploadDataset(directory.resolve("train.tsv")).id();
    String dev = client.uploadDataset(directory.resolve("dev.tsv")).id();
    return CompressionRequest.of(model)
        .sizeRatio(0.5)
        .accuracyDrop(0.01)
        .ranks(Ranks.ofBudget().exclude("*head*"))
        .data(Examples.texts(tokenizer).train(train).evaluation(dev).labelColumn("label"))
        .recovery(Recovery.epochs(1).maxDuration(Duration.ofMinutes(30)))
        .build();
    // @end
  }
}
