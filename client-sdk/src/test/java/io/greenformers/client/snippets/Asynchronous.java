package io.greenformers.client.snippets;

import io.greenformers.client.AsyncGreenformersClient;
import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.GreenformersClient;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

final class Asynchronous {
  private Asynchronous() {}

  static CompletableFuture<Compression> start(GreenformersClient client, Path onnx) {
    // @start region="async"
    AsyncGreenformersClient async = client.async();
    return async
        .uploadModel(onnx)
        .thenCompose(
            model -> async.compress(CompressionRequest.of(model.id()).sizeRatio(0.6).build()))
        .thenCompose(created -> async.follow(created.id(), now -> {}));
    // @end
  }
}
