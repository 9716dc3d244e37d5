package io.greenformers.cli.run;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import io.greenformers.client.ServiceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compresses through a service: uploads, follows, downloads. */
public final class RemoteCompression {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> TEXTS = List.of("train", "evaluation", "calibration");
  private static final List<String> FILES =
      List.of("train", "evaluation", "calibration", "tokenizer");
  private static final Map<String, String> FORMATS =
      Map.of("txt", "text", "csv", "csv", "tsv", "tsv", "jsonl", "jsonl", "ndjson", "jsonl");

  private final GreenformersClient client;
  private final ProgressLine progress;

  public RemoteCompression(GreenformersClient client, ProgressLine progress) {
    this.client = client;
    this.progress = progress;
  }

  /**
   * Does the whole job.
   *
   * @param external the model's external data, by location
   * @param request the document, with paths for model and data
   * @param out where the artifacts go
   * @return whether every bound of the budget held
   */
  public boolean run(Path model, Map<String, Path> external, String request, Path out) {
    try {
      progress.show("upload", 0, model.getFileName().toString());
      String id = client.uploadModel(model, external).id();
      CompressionRequest uploaded = CompressionRequest.ofJson(withIds(request, id));
      Compression created = client.compress(uploaded);
      Compression done = client.follow(created.id(), this::show);
      progress.end();
      return finished(done, out);
    } catch (ServiceException e) {
      int exit = e.status() == 400 || e.status() == 422 ? ExitCode.USAGE : ExitCode.FAILED;
      throw new CliException(exit, String.valueOf(e.getMessage()));
    } catch (GreenformersException e) {
      throw new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    } finally {
      progress.end();
    }
  }

  private String withIds(String request, String model) {
    ObjectNode document = (ObjectNode) JSON.readTree(request);
    document.put("model", model);
    if (document.get("data") instanceof ObjectNode data) {
      data.put("format", format(data));
      for (String field : FILES) {
        if (data.has(field)) {
          data.put(field, client.uploadDataset(Path.of(data.get(field).asString())).id());
        }
      }
    }
    return JSON.writeValueAsString(document);
  }

  /** An upload has no name: what the files' extension says goes into the request. */
  private static String format(ObjectNode data) {
    String given = data.get("format").asString();
    List<String> extensions =
        TEXTS.stream()
            .filter(data::has)
            .map(field -> data.get(field).asString().toLowerCase(Locale.ROOT))
            .map(file -> file.substring(file.lastIndexOf('.') + 1))
            .distinct()
            .toList();
    return given.equals("auto") && extensions.size() == 1
        ? FORMATS.getOrDefault(extensions.getFirst(), given)
        : given;
  }

  private void show(Compression now) {
    progress.show(
        now.stage().orElse(now.state().name()),
        now.fraction().orElse(0.0),
        now.activity().orElse(""));
  }

  private boolean finished(Compression done, Path out) {
    String because =
        "(%s): %s".formatted(done.code().orElse("unknown"), done.message().orElse("no more known"));
    return switch (done.state()) {
      case SUCCEEDED, GATE_FAILED -> {
        client.downloadAll(done, out);
        yield done.state() == CompressionState.SUCCEEDED;
      }
      case REFUSED -> throw new CliException(ExitCode.refused(done.code()), "refused " + because);
      case CANCELLED -> throw new CliException(ExitCode.CANCELLED, "cancelled");
      case FAILED, QUEUED, RUNNING, UNKNOWN ->
          throw new CliException(ExitCode.FAILED, "failed " + because);
    };
  }
}
