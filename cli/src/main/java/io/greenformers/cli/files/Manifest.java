package io.greenformers.cli.files;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.protocol.Sha256;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code manifest.json}: what a compression was made of, by hash. */
public record Manifest(ObjectNode document) {
  private static final String ORIGINAL = "original/";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads one.
   *
   * @throws CliException if the file is none
   */
  public static Manifest read(Path file) throws IOException {
    try {
      JsonNode document = JSON.readTree(Files.readString(file));
      if (document instanceof ObjectNode object && object.has("request") && object.has("sha256")) {
        return new Manifest(object);
      }
    } catch (JacksonException e) {
      // not even JSON: the same to whoever named it
    }
    throw new CliException(
        ExitCode.USAGE,
        "%s: expected the manifest.json of a compression, found something else".formatted(file));
  }

  /** The request as it was, defaults included. */
  public CompressionRequest request() {
    return RequestDocument.parse(document.get("request"));
  }

  /**
   * The same request with the ranks that came of it: how they were found may depend on timings,
   * what is made of them does not.
   */
  public CompressionRequest withRanks(Path model) {
    ObjectNode request = (ObjectNode) document.get("request").deepCopy();
    request.put("model", model.toString());
    JsonNode ranks = document.path("ranks");
    if (!ranks.isEmpty()) {
      ObjectNode asked = (ObjectNode) request.get("ranks");
      asked.put("policy", "manual");
      asked.put("neverSlower", false);
      asked.set("manual", ranks);
    }
    return RequestDocument.parse(request);
  }

  /** The hash of a file that was there, by its logical name. */
  public Optional<String> sha256(String name) {
    return document.path("sha256").path(name).asStringOpt();
  }

  /** The version that made it. */
  public String version() {
    return document.at("/provenance/greenformers").asString("");
  }

  /** Which inputs are not what they were, and how; empty if all are. */
  public Map<String, String> differences(Path model, CompressionRequest now) throws IOException {
    Map<String, Path> inputs = new LinkedHashMap<>();
    inputs.put("original/model.onnx", model);
    externalData(model).forEach(inputs::put);
    now.data()
        .ifPresent(data ->
            data.files().forEach((field, file) -> inputs.put("data/" + field, Path.of(file))));
    Map<String, String> differences = new LinkedHashMap<>();
    for (Map.Entry<String, Path> input : inputs.entrySet()) {
      Path file = input.getValue();
      if (!Files.isRegularFile(file)) {
        differences.put(input.getKey(), file + ": expected a file, found none there");
      } else if (!sha256(input.getKey()).equals(Optional.of(Sha256.of(file)))) {
        differences.put(input.getKey(), file + ": has changed since");
      }
    }
    return differences;
  }

  /** Files of the model's directory that the manifest knows and a compressed model keeps apart. */
  private Map<String, Path> externalData(Path model) {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String name : document.get("sha256").propertyNames()) {
      if (name.startsWith(ORIGINAL) && !name.equals(ORIGINAL + "model.onnx")) {
        files.put(name, model.toAbsolutePath().resolveSibling(name.substring(ORIGINAL.length())));
      }
    }
    return files;
  }
}
