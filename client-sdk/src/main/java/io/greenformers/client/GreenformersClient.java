package io.greenformers.client;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A client for a Greenformers service. Immutable and thread-safe; keep one and share it.
 *
 * {@snippet file="io/greenformers/client/snippets/WholeJob.java" region="job"}
 *
 * <p><b>Sent again</b>, as the {@link RetryPolicy} says, is what may be sent twice without harm:
 * when the service is not reached, the connection breaks, an answer does not come in time, or is
 * 408, 429, 500, 502, 503 or 504. That is everything but {@link #createKey}: uploads are named by
 * their content, large ones go on where they broke off, {@link #compress} carries a key of its own,
 * and the rest only reads or ends something.
 *
 * <p><b>Errors</b> are {@link ServiceException} (the service said no), {@link
 * GreenformersIoException} (it could not be reached, a file failed, a time-out, an interruption)
 * and {@link InvalidDataException} (an answer is not what it should be). An id or a setting that
 * cannot be one is an {@link IllegalArgumentException}.
 *
 * <p><b>Interrupting</b> the thread ends the request at once; the thread stays interrupted.
 */
public final class GreenformersClient implements AutoCloseable {
  private static final Duration INSPECTION = Duration.ofMinutes(10);

  private final Http http;
  private final Uploads uploads;
  private final Watching watching;
  private final Downloads downloads;
  private final AsyncGreenformersClient async;

  GreenformersClient(Http http) {
    this.http = http;
    this.uploads = new Uploads(http);
    this.watching = new Watching(http);
    this.downloads = new Downloads(http);
    this.async = new AsyncGreenformersClient(this);
  }

  /** Starts to describe a client. */
  public static ClientBuilder builder() {
    return new ClientBuilder(ClientSettings.DEFAULT);
  }

  /** Starts to describe a client that is like this one but for what is changed. */
  public ClientBuilder toBuilder() {
    return new ClientBuilder(http.settings());
  }

  /** Where the service is. */
  public URI baseUrl() {
    return http.settings().baseUrl();
  }

  /** The same operations as {@link java.util.concurrent.CompletableFuture}s. */
  public AsyncGreenformersClient async() {
    return async;
  }

  /** Uploads a model that is one file. */
  public Model uploadModel(Path model) {
    return uploads.model(model, Map.of());
  }

  /**
   * Uploads a model and its external data. Files of 16 MiB and more go on where they were when the
   * connection breaks; and when the program ends, and uploads them again within a day.
   *
   * @param external by the location that the model names, for example {@code model.onnx.data}
   * @throws InvalidDataException if a file was changed while it was uploaded
   */
  public Model uploadModel(Path model, Map<String, Path> external) {
    return uploads.model(model, external);
  }

  /**
   * Uploads texts, ready tensors ({@code .npz}, safetensors), or a {@code tokenizer.json}. Texts
   * are one per line, CSV, TSV, JSONL or Parquet: found by the content where the request does not
   * say it. Large files are resumed like those of a model.
   *
   * @throws InvalidDataException if the file was changed while it was uploaded
   */
  public Dataset uploadDataset(Path file) {
    return uploads.dataset(file);
  }

  /** Describes an uploaded model. */
  public Model model(String id) {
    return http.json(http.to("/v1/models/" + Http.id(id)).build(), Model.class);
  }

  /** Describes an uploaded dataset. */
  public Dataset dataset(String id) {
    return http.json(http.to("/v1/datasets/" + Http.id(id)).build(), Dataset.class);
  }

  /**
   * Validates an uploaded model and lists its sites, as {@code inspection.json}; at most 10 min.
   *
   * @throws ServiceException with status 422 if the model is refused; its code says why
   */
  public JsonNode inspect(String modelId) {
    String path = "/v1/models/" + Http.id(modelId) + "/inspection";
    return http.tree(http.to(path).timeout(INSPECTION).build());
  }

  /**
   * Says from the spectra of an uploaded model's weights which sizes are in reach, as {@code
   * prediction.json}; at most 10 min.
   *
   * @throws ServiceException with status 422 if the model is refused; its code says why
   */
  public JsonNode predict(String modelId) {
    String path = "/v1/models/" + Http.id(modelId) + "/prediction";
    return http.tree(http.to(path).timeout(INSPECTION).build());
  }

  /** Creates a compression; however often it is sent, there is one. */
  public Compression compress(CompressionRequest request) {
    return compress(request, UUID.randomUUID().toString());
  }

  /**
   * Creates a compression, or finds the one that was created with the same key.
   *
   * @param idempotencyKey at most 255 printable ASCII characters
   */
  public Compression compress(CompressionRequest request, String idempotencyKey) {
    return http.json(
        http.to("/v1/compressions")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofString(request.json()))
            .build(),
        Compression.class);
  }

  /** A compression as it is now. */
  public Compression compression(String id) {
    return watching.find(id);
  }

  /** The newest compressions, newest first. */
  public List<Compression> compressions(int limit) {
    return http.json(http.to("/v1/compressions?limit=" + limit).build(), CompressionList.class)
        .compressions();
  }

  record CompressionList(List<Compression> compressions) {
    CompressionList {
      compressions = List.copyOf(compressions);
    }
  }

  /**
   * Cancels a compression.
   *
   * @throws ServiceException with status 409 if it is final already
   */
  public Compression cancel(String id) {
    return watching.cancel(id);
  }

  /**
   * Waits for the end of a compression by asking now and then, at first often.
   *
   * @param timeout how long to wait
   * @param progress is told what was seen, from this thread
   * @return the compression in its final state, whichever that is
   * @throws AwaitTimeoutException if it takes longer; it goes on all the same
   */
  public Compression await(String id, Duration timeout, Consumer<Compression> progress) {
    return await(id, Waiting.atMost(timeout), progress);
  }

  /**
   * The same, but whoever waits says what becomes of the compression when they do not any more.
   *
   * {@snippet file="io/greenformers/client/snippets/Cancelling.java" region="cancel"}
   */
  public Compression await(String id, Waiting waiting, Consumer<Compression> progress) {
    return watching.await(id, waiting, progress);
  }

  /**
   * Follows a compression to its end by server-sent events; goes on where it was when the
   * connection breaks, or is silent for longer than the time-out.
   *
   * @param progress is told every change, from this thread
   * @return the compression in its final state
   */
  public Compression follow(String id, Consumer<Compression> progress) {
    return watching.follow(id, progress);
  }

  /**
   * Downloads one artifact; the file appears when its bytes are all there and have the promised
   * SHA-256. When it breaks off for good, a hidden file beside it keeps what has come: the next
   * download of the same artifact to the same place asks for the rest.
   *
   * @param target a file; replaced if there is one
   * @throws InvalidDataException if the bytes are others; nothing is left then
   */
  public Path download(Artifact artifact, Path target) {
    return downloads.download(artifact, target);
  }

  /**
   * Downloads all artifacts of a compression into a directory, which is created if need be.
   *
   * @return the directory
   */
  public Path downloadAll(Compression compression, Path directory) {
    compression
        .artifacts()
        .forEach(a -> downloads.download(a, Downloads.place(directory, a.name())));
    return directory;
  }

  /**
   * The report of a compression that has one.
   *
   * @throws ServiceException with status 404 if it has none
   */
  public Report report(String compressionId) {
    String path = "/v1/compressions/" + Http.id(compressionId) + "/artifacts/report.json";
    return Report.of(http.tree(http.to(path).build()));
  }

  /**
   * Makes an API key; for operators. The key that is returned has its secret, which is shown only
   * once. Not sent again unless the service was not reached or was too busy: when an answer is lost
   * on its way, a key may remain that nobody knows the secret of.
   *
   * @param tenant whom the key acts for
   * @param name what people call it
   * @param scopes of {@code read}, {@code write}, {@code admin}
   * @param validFor at most ten years
   */
  public ApiKey createKey(String tenant, String name, Set<String> scopes, Duration validFor) {
    return http.post(
        "/v1/keys", new KeyRequest(tenant, name, scopes, validFor), ApiKey.class, Repeat.NOT_DONE);
  }

  record KeyRequest(String tenant, String name, Set<String> scopes, Duration expiresIn) {}

  /** The API keys of all tenants, oldest first; for operators. */
  public List<ApiKey> keys() {
    return http.json(http.to("/v1/keys").build(), KeyList.class).keys();
  }

  record KeyList(List<ApiKey> keys) {
    KeyList {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Makes an API key invalid at once; for operators.
   *
   * @throws ServiceException with status 404 if there is none of this id
   */
  public ApiKey revokeKey(String id) {
    return http.json(http.to("/v1/keys/" + Http.id(id)).DELETE().build(), ApiKey.class);
  }

  /** What waits and runs, of all tenants; for operators. */
  public WorkQueue queue() {
    return http.json(http.to("/v1/admin/queue").build(), WorkQueue.class);
  }

  /** The stages that are worked on, of all tenants; for operators. */
  public List<WorkingStage> workers() {
    return http.json(http.to("/v1/admin/workers").build(), WorkerList.class).working();
  }

  record WorkerList(List<WorkingStage> working) {
    WorkerList {
      working = List.copyOf(working);
    }
  }

  /**
   * Ends what runs asynchronously, and refuses everything that comes after. What runs in other
   * threads is not disturbed. Idle connections end by themselves within half a minute: Java 17
   * cannot end them earlier.
   */
  @Override
  public void close() {
    http.close();
    async.close();
  }

  /** Where the service is and how it is asked; without the key. */
  @Override
  public String toString() {
    return "GreenformersClient[" + http.settings() + "]";
  }
}
