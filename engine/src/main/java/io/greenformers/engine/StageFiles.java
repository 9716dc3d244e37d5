package io.greenformers.engine;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.protocol.child.StageRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The files that a stage reads and writes, by the names of {@link StageRequest}. */
final class StageFiles {
  static final String MODEL = "model.onnx";

  /** All sites of a smaller model take some seconds: less than it is worth to keep them. */
  private static final long LEAST_KEPT_BYTES = 256L << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private final StageRequest request;
  private final long leastKeptBytes;
  private final Path scratch;
  private Optional<Path> kept = Optional.empty();

  StageFiles(StageRequest request) {
    this(request, LEAST_KEPT_BYTES);
  }

  StageFiles(StageRequest request, long leastKeptBytes) {
    this.request = request;
    this.leastKeptBytes = leastKeptBytes;
    try {
      this.scratch = Files.createTempDirectory("stage-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one of the models, {@code original} or {@code compressed}. */
  OnnxModel read(String folder) {
    Map<String, Path> external = new HashMap<>();
    request
        .artifacts()
        .forEach((name, path) -> {
          if (name.startsWith(folder + "/")) {
            external.put(name.substring(folder.length() + 1), path);
          }
        });
    Path model = external.remove(MODEL);
    if (model == null) {
      throw new IllegalArgumentException("expected the artifact " + folder + "/" + MODEL);
    }
    return ModelReader.read(new ModelFiles(model, external), scratch);
  }

  /** Writes a model of ours for ONNX Runtime, which never sees the uploaded bytes. */
  Path canonical(OnnxModel model, String name) {
    return ModelWriter.write(model, directory(scratch.resolve(name)), MODEL).model();
  }

  /**
   * The same without the values of large weights: to see whether ONNX Runtime accepts the graph.
   */
  Path outline(OnnxModel model) {
    return ModelWriter.writeOutline(model, directory(scratch.resolve("outline")), MODEL).model();
  }

  /** Of a model that was written here, external data included. */
  static long bytes(Path model) {
    long data = model.resolveSibling(model.getFileName() + ".data").toFile().length();
    return model.toFile().length() + data;
  }

  /** A directory for files that nobody keeps. */
  Path scratch(String folder) {
    return directory(scratch.resolve(folder));
  }

  /** Where timings are remembered, from one attempt to the next where that is possible. */
  Path timings() {
    return request
        .work()
        .map(StageFiles::directory)
        .orElseGet(() -> scratch("timing"))
        .resolve("timings.json");
  }

  /**
   * A directory for what is done of this very request and model, from one attempt to the next. What
   * lies beside it of other requests is deleted.
   *
   * @return empty where nothing outlives an attempt, or the model is small
   */
  Optional<Path> kept(OnnxModel model) {
    if (kept.isEmpty() && model.fileBytes() >= leastKeptBytes) {
      kept = request.work().map(work -> KeptWork.directory(work, request, model));
    }
    return kept;
  }

  Path output(String folder) {
    return directory(request.output().resolve(folder));
  }

  void write(String name, Object document) {
    text(name, JSON.writeValueAsString(document));
  }

  void text(String name, String content) {
    try {
      Files.writeString(request.output().resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T> T json(String name, Class<T> type) {
    return JSON.readValue(file(name).toFile(), type);
  }

  /** A file that the stage was given. */
  Path file(String name) {
    Path file = request.artifacts().get(name);
    if (file == null) {
      throw new IllegalArgumentException("expected the artifact " + name);
    }
    return file;
  }

  private static Path directory(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
