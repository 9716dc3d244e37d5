package io.greenformers.cli.machines;

import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A training as the first machine offers it to the others.
 *
 * @param request of the compression
 * @param files that it needs, in the order of their numbers
 */
public record OfferedStage(JsonNode request, List<OfferedFile> files) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ORIGINAL = "original/";

  public OfferedStage {
    files = List.copyOf(files);
  }

  /**
   * What is needed of a stage's artifacts: both models and the data. Of the files beside the
   * original only those go to other machines that it names as its own.
   *
   * @return files with their logical names: by two names of one file a stage knows that examples to
   *     train with and to evaluate on are to be taken of the same
   */
  static Map<Path, List<String>> needed(StageRequest stage) throws IOException {
    Set<String> originals = new HashSet<>(Set.of(ORIGINAL + "model.onnx"));
    Path inspection = stage.artifacts().get("inspection.json");
    if (inspection != null) {
      for (JsonNode location : JSON.readTree(inspection.toFile()).path("externalData")) {
        originals.add(ORIGINAL + location.asString());
      }
    }
    Map<Path, List<String>> needed = new LinkedHashMap<>();
    for (Map.Entry<String, Path> artifact : new TreeMap<>(stage.artifacts()).entrySet()) {
      String name = artifact.getKey();
      if (name.startsWith("compressed/") || name.startsWith("data/") || originals.contains(name)) {
        needed
            .computeIfAbsent(known(needed.keySet(), artifact.getValue()), file -> new ArrayList<>())
            .add(name);
      }
    }
    return needed;
  }

  private static Path known(Set<Path> files, Path file) throws IOException {
    for (Path other : files) {
      if (Files.isSameFile(other, file)) {
        return other;
      }
    }
    return file;
  }

  /** Offers files, hashed as they are now. */
  public static OfferedStage of(StageRequest stage, Map<Path, List<String>> needed)
      throws IOException {
    List<OfferedFile> files = new ArrayList<>();
    for (Map.Entry<Path, List<String>> file : needed.entrySet()) {
      files.add(OfferedFile.of(file.getValue(), file.getKey()));
    }
    return new OfferedStage(JSON.readTree(RequestDocument.toJson(stage.request())), files);
  }

  public long bytes() {
    return files.stream().mapToLong(OfferedFile::bytes).sum();
  }
}
