package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A client for a Greenformers service. Immutable and thread-safe; keep one and share it.
 *
 * <pre>{@code
 * var client = GreenformersClient.builder().baseUrl("http://127.0.0.1:8080").build();
 * Model model = client.uploadModel(Path.of("model.onnx"));
 * Compression done =
 *     client.await(
 *         client.compress(CompressionRequest.of(model.id()).sizeRatio(0.6).build()).id(),
 *         Duration.ofHours(1),
 *         now -> System.out.println(now.stage() + " " + now.fraction()));
 * client.downloadAll(done, Path.of("small"));
 * }</pre>
 *
 * <p>Every request may be sent again when the service is not reached or answers 429, 502, 503 or
 * 504, with growing, jittered pauses and at least those that {@code Retry-After} asks for. That is
 * safe for all of them: uploads are named by their content, and {@link #compress} carries a key of
 * its own. All methods throw {@link ServiceException}, {@link GreenformersIoException} and {@link
 * InvalidDataException}; an interrupted thread stays interrupted.
 */
public final class GreenformersClient {
  private static final Duration INSPECTION = Duration.ofMinutes(10);
  private static final Duration FIRST_LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
  private static final String BINARY = "application/octet-stream";

  private final Http http;
  private final Duration transferTimeout;

  private GreenformersClient(Http http, Duration transferTimeout) {
    this.http = http;
    this.transferTimeout = transferTimeout;
  }

  /** Starts to describe a client. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same operations as {@link java.util.concurrent.CompletableFuture}s, on daemon threads. */
  public AsyncGreenformersClient async() {
    return new AsyncGreenformersClient(this);
  }

  /** Uploads a model that is one file. */
  public Model uploadModel(Path model) {
    return upload("/v1/models", model, Model.class);
  }

  /**
   * Uploads a model and its external data.
   *
   * @param external by the location that the model names, for example {@code model.onnx.data}
   */
  public Model uploadModel(Path model, Map<String, Path> external) {
    if (external.isEmpty()) {
      return uploadModel(model);
    }
    Map<String, Path> files = new LinkedHashMap<>();
    files.put("model.onnx", model);
    files.putAll(external);
    try {
      Multipart multipart = Multipart.of(files);
      return http.json(
          http.to("/v1/models")
              .timeout(transferTimeout)
              .header("Content-Type", "multipart/form-data; boundary=" + multipart.boundary())
              .POST(multipart.body())
              .build(),
          Model.class);
    } catch (IOException e) {
      throw new GreenformersIoException("%s: cannot be read: %s".formatted(model, e), e);
    }
  }

  /**
   * Uploads texts, ready tensors ({@code .npz}, safetensors), or a {@code tokenizer.json}. Texts
   * are one per line, CSV, TSV, JSONL or Parquet: found by the content where the request does not
   * say it.
   */
  public Dataset uploadDataset(Path file) {
    return upload("/v1/datasets", file, Dataset.class);
  }

  private <T> T upload(String path, Path file, Class<T> type) {
    try {
      return http.json(
          http.to(path)
              .timeout(transferTimeout)
              .header("Content-Type", BINARY)
              .header("Content-Digest", Digests.header(file))
              .POST(BodyPublishers.ofFile(file))
              .build(),
          type);
    } catch (IOException e) {
      throw new GreenformersIoException("%s: cannot be read: %s".formatted(file, e), e);
    }
  }

  /** Describes an uploaded model. */
  public Model model(String id) {
    return http.json(http.to("/v1/models/" + id).build(), Model.class);
  }

  /**
   * Validates an uploaded model and lists its sites, as {@code inspection.json}.
   *
   * @throws ServiceException with status 422 if the model is refused; its code says why
   */
  public JsonNode inspect(String modelId) {
    return http.tree(http.to("/v1/models/" + modelId + "/inspection").timeout(INSPECTION).build());
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
    return http.json(http.to("/v1/compressions/" + id).build(), Compression.class);
  }

  /** The newest compressions, newest first. */
  public List<Compression> compressions(int limit) {
    return http.json(http.to("/v1/compressions?limit=" + limit).build(), CompressionList.class)
        .compressions();
  }

  record CompressionList(List<Compression> compressions) {}

  /**
   * Cancels a compression.
   *
   * @throws ServiceException with status 409 if it is final already
   */
  public Compression cancel(String id) {
    return http.json(http.to("/v1/compressions/" + id).DELETE().build(), Compression.class);
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
    long end = System.nanoTime() + timeout.toNanos();
    Retries looks = new Retries(0, FIRST_LOOK, LONGEST_LOOK, http.retries().sleeper());
    for (int look = 1; ; look++) {
      Compression now = compression(id);
      progress.accept(now);
      if (now.state().isFinal()) {
        return now;
      }
      if (System.nanoTime() >= end) {
        throw new AwaitTimeoutException(now, timeout);
      }
      http.pause(looks, look);
    }
  }

  /**
   * Follows a compression to its end by server-sent events; goes on where it was when the
   * connection breaks.
   *
   * @param progress is told every change, from this thread
   * @return the compression in its final state
   */
  public Compression follow(String id, Consumer<Compression> progress) {
    String lastId = "0";
    int failures = 0;
    while (true) {
      HttpRequest request =
          http.to("/v1/compressions/" + id + "/events")
              .timeout(transferTimeout)
              .header("Accept", "text/event-stream")
              .header("Last-Event-ID", lastId)
              .build();
      HttpResponse<InputStream> response = http.stream(request);
      if (response.statusCode() == 204) {
        return compression(id);
      }
      try (EventStream events = new EventStream(response.body(), lastId)) {
        for (Optional<String> event = events.next(); event.isPresent(); event = events.next()) {
          lastId = events.lastId();
          failures = 0;
          Compression now = Http.parse(event.get(), Compression.class);
          progress.accept(now);
          if (now.state().isFinal()) {
            return now;
          }
        }
      } catch (IOException e) {
        if (failures >= http.retries().most()) {
          throw Http.unreachable(request, e);
        }
      }
      http.pause(http.retries(), ++failures);
    }
  }

  /**
   * Downloads one artifact; the file appears when its bytes are all there and have the promised
   * SHA-256.
   *
   * @param target a file; replaced if there is one
   * @throws InvalidDataException if the bytes are others; nothing is left then
   */
  public Path download(Artifact artifact, Path target) {
    return new Downloads(http, transferTimeout).download(artifact, target);
  }

  /**
   * Downloads all artifacts of a compression into a directory, which is created if need be.
   *
   * @return the directory
   */
  public Path downloadAll(Compression compression, Path directory) {
    Downloads downloads = new Downloads(http, transferTimeout);
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
    return Report.of(
        http.tree(http.to("/v1/compressions/" + compressionId + "/artifacts/report.json").build()));
  }

  /**
   * Makes an API key; for operators. The key that is returned has its secret, which is shown only
   * once. When an answer is lost on its way, a key may remain that nobody knows the secret of.
   *
   * @param tenant whom the key acts for
   * @param name what people call it
   * @param scopes of {@code read}, {@code write}, {@code admin}
   * @param validFor at most ten years
   */
  public ApiKey createKey(String tenant, String name, Set<String> scopes, Duration validFor) {
    return http.json(
        http.to("/v1/keys")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(Http.text(new KeyRequest(tenant, name, scopes, validFor))))
            .build(),
        ApiKey.class);
  }

  record KeyRequest(String tenant, String name, Set<String> scopes, Duration expiresIn) {}

  /** The API keys of all tenants, oldest first; for operators. */
  public List<ApiKey> keys() {
    return http.json(http.to("/v1/keys").build(), KeyList.class).keys();
  }

  record KeyList(List<ApiKey> keys) {}

  /**
   * Makes an API key invalid at once; for operators.
   *
   * @throws ServiceException with status 404 if there is none of this id
   */
  public ApiKey revokeKey(String id) {
    return http.json(http.to("/v1/keys/" + id).DELETE().build(), ApiKey.class);
  }

  /** Describes a client. Not thread-safe. */
  public static final class Builder {
    private URI baseUrl = URI.create("http://127.0.0.1:8080");
    private Duration timeout = Duration.ofSeconds(30);
    private Duration transferTimeout = Duration.ofHours(6);
    private Retries retries = Retries.DEFAULT;
    private Optional<String> apiKey = Optional.empty();

    private Builder() {}

    /** Where the service is; by default {@code http://127.0.0.1:8080}. */
    public Builder baseUrl(String url) {
      this.baseUrl = URI.create(url);
      return this;
    }

    /**
     * Who is calling: an API key, or a token of the issuer that the service trusts; by default
     * nobody, for a service without login.
     *
     * @throws IllegalArgumentException if it cannot be sent
     */
    public Builder apiKey(String key) {
      if (!key.matches("[A-Za-z0-9._~+/=-]+")) {
        throw new IllegalArgumentException(
            "an API key: expected letters, digits and '._~+/=-', found something else");
      }
      this.apiKey = Optional.of(key);
      return this;
    }

    /** How long an answer may take to begin, by default 30 s; connecting takes at most 10 s. */
    public Builder timeout(Duration most) {
      this.timeout = most;
      return this;
    }

    /** How long an upload may take, and a download or a stream to begin; by default 6 h. */
    public Builder transferTimeout(Duration most) {
      this.transferTimeout = most;
      return this;
    }

    /** How often a request is sent again at most, by default 4 times. */
    public Builder retries(int most) {
      this.retries = retries.withMost(most);
      return this;
    }

    Builder retries(Retries policy) {
      this.retries = policy;
      return this;
    }

    public GreenformersClient build() {
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(Duration.ofSeconds(10))
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      return new GreenformersClient(
          new Http(client, baseUrl, timeout, retries, apiKey), transferTimeout);
    }
  }
}
