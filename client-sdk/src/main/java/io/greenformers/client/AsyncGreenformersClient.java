package io.greenformers.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The operations of {@link GreenformersClient} without waiting for them. Each takes a thread while
 * it lasts; progress is told from that thread. Cancelling a future does not cancel what the service
 * does: use {@link #cancel}.
 */
public final class AsyncGreenformersClient {
  private final GreenformersClient client;
  private final Executor executor;

  AsyncGreenformersClient(GreenformersClient client) {
    this.client = client;
    this.executor =
        Executors.newCachedThreadPool(work -> {
          Thread thread = new Thread(work, "greenformers-client");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** See {@link GreenformersClient#uploadModel(Path, Map)}. */
  public CompletableFuture<Model> uploadModel(Path model, Map<String, Path> external) {
    Map<String, Path> files = Map.copyOf(external);
    return later(() -> client.uploadModel(model, files));
  }

  /** See {@link GreenformersClient#uploadModel(Path)}. */
  public CompletableFuture<Model> uploadModel(Path model) {
    return later(() -> client.uploadModel(model));
  }

  /** See {@link GreenformersClient#uploadDataset}. */
  public CompletableFuture<Dataset> uploadDataset(Path file) {
    return later(() -> client.uploadDataset(file));
  }

  /** See {@link GreenformersClient#model}. */
  public CompletableFuture<Model> model(String id) {
    return later(() -> client.model(id));
  }

  /** See {@link GreenformersClient#inspect}. */
  public CompletableFuture<JsonNode> inspect(String modelId) {
    return later(() -> client.inspect(modelId));
  }

  /** See {@link GreenformersClient#compress(CompressionRequest)}. */
  public CompletableFuture<Compression> compress(CompressionRequest request) {
    return later(() -> client.compress(request));
  }

  /** See {@link GreenformersClient#compress(CompressionRequest, String)}. */
  public CompletableFuture<Compression> compress(
      CompressionRequest request, String idempotencyKey) {
    return later(() -> client.compress(request, idempotencyKey));
  }

  /** See {@link GreenformersClient#compression}. */
  public CompletableFuture<Compression> compression(String id) {
    return later(() -> client.compression(id));
  }

  /** See {@link GreenformersClient#compressions}. */
  public CompletableFuture<List<Compression>> compressions(int limit) {
    return later(() -> client.compressions(limit));
  }

  /** See {@link GreenformersClient#cancel}. */
  public CompletableFuture<Compression> cancel(String id) {
    return later(() -> client.cancel(id));
  }

  /** See {@link GreenformersClient#await}. */
  public CompletableFuture<Compression> await(
      String id, Duration timeout, Consumer<Compression> progress) {
    return later(() -> client.await(id, timeout, progress));
  }

  /** See {@link GreenformersClient#follow}. */
  public CompletableFuture<Compression> follow(String id, Consumer<Compression> progress) {
    return later(() -> client.follow(id, progress));
  }

  /** See {@link GreenformersClient#download}. */
  public CompletableFuture<Path> download(Artifact artifact, Path target) {
    return later(() -> client.download(artifact, target));
  }

  /** See {@link GreenformersClient#downloadAll}. */
  public CompletableFuture<Path> downloadAll(Compression compression, Path directory) {
    return later(() -> client.downloadAll(compression, directory));
  }

  /** See {@link GreenformersClient#report}. */
  public CompletableFuture<Report> report(String compressionId) {
    return later(() -> client.report(compressionId));
  }

  private <T> CompletableFuture<T> later(Supplier<T> operation) {
    return CompletableFuture.supplyAsync(operation, executor);
  }
}
