package io.greenformers.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The operations of {@link GreenformersClient} without waiting for them. Each takes a daemon thread
 * while it lasts; progress is told from that thread.
 *
 * <p>A future that is cancelled, or ended by {@code orTimeout}, ends its request at once; so does
 * {@link GreenformersClient#close}. What the service does goes on, but for {@link #await(String,
 * Waiting, Consumer)} where {@link Waiting#orCancel} asks for it: use {@link #cancel}. Only the
 * future that is returned here does so, not one that was derived from it.
 *
 * {@snippet file="io/greenformers/client/snippets/Asynchronous.java" region="async"}
 */
public final class AsyncGreenformersClient {
  private final GreenformersClient client;
  private final ExecutorService executor;

  AsyncGreenformersClient(GreenformersClient client) {
    this.client = client;
    this.executor =
        Executors.newCachedThreadPool(work -> {
          Thread thread = new Thread(work, "greenformers-client");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** See {@link GreenformersClient#uploadModel(Path)}. */
  public CompletableFuture<Model> uploadModel(Path model) {
    return later(() -> client.uploadModel(model));
  }

  /** See {@link GreenformersClient#uploadModel(Path, Map)}. */
  public CompletableFuture<Model> uploadModel(Path model, Map<String, Path> external) {
    Map<String, Path> files = Map.copyOf(external);
    return later(() -> client.uploadModel(model, files));
  }

  /** See {@link GreenformersClient#uploadDataset}. */
  public CompletableFuture<Dataset> uploadDataset(Path file) {
    return later(() -> client.uploadDataset(file));
  }

  /** See {@link GreenformersClient#model}. */
  public CompletableFuture<Model> model(String id) {
    return later(() -> client.model(id));
  }

  /** See {@link GreenformersClient#dataset}. */
  public CompletableFuture<Dataset> dataset(String id) {
    return later(() -> client.dataset(id));
  }

  /** See {@link GreenformersClient#inspect}. */
  public CompletableFuture<JsonNode> inspect(String modelId) {
    return later(() -> client.inspect(modelId));
  }

  /** See {@link GreenformersClient#predict}. */
  public CompletableFuture<JsonNode> predict(String modelId) {
    return later(() -> client.predict(modelId));
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

  /** See {@link GreenformersClient#await(String, Duration, Consumer)}. */
  public CompletableFuture<Compression> await(
      String id, Duration timeout, Consumer<Compression> progress) {
    return later(() -> client.await(id, timeout, progress));
  }

  /** See {@link GreenformersClient#await(String, Waiting, Consumer)}. */
  public CompletableFuture<Compression> await(
      String id, Waiting waiting, Consumer<Compression> progress) {
    return later(() -> client.await(id, waiting, progress));
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

  /** See {@link GreenformersClient#createKey}. */
  public CompletableFuture<ApiKey> createKey(
      String tenant, String name, Set<String> scopes, Duration validFor) {
    return later(() -> client.createKey(tenant, name, scopes, validFor));
  }

  /** See {@link GreenformersClient#keys}. */
  public CompletableFuture<List<ApiKey>> keys() {
    return later(client::keys);
  }

  /** See {@link GreenformersClient#revokeKey}. */
  public CompletableFuture<ApiKey> revokeKey(String id) {
    return later(() -> client.revokeKey(id));
  }

  /** See {@link GreenformersClient#queue}. */
  public CompletableFuture<WorkQueue> queue() {
    return later(client::queue);
  }

  /** See {@link GreenformersClient#workers}. */
  public CompletableFuture<List<WorkingStage>> workers() {
    return later(client::workers);
  }

  void close() {
    executor.shutdownNow();
  }

  private <T> CompletableFuture<T> later(Supplier<T> operation) {
    if (executor.isShutdown()) {
      throw new IllegalStateException("the client is closed: make another one");
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    Future<?> work =
        executor.submit(() -> {
          try {
            result.complete(operation.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    // it ends no later than its source, which is what the caller has
    CompletableFuture<T> unused =
        result.whenComplete((value, e) -> {
          if (e instanceof CancellationException || e instanceof TimeoutException) {
            work.cancel(true);
          }
        });
    return result;
  }
}
