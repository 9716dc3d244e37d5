package io.greenformers.cli;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code manifest.json}: what a compression was made of, by hash. */
record Manifest(ObjectNode document) {
  private static final String ORIGINAL = "original/";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads one.
   *
   * @throws CliException if the file is none
   */
  static Manifest read(Path file) throws IOException {
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
  CompressionRequest request() {
    return RequestDocument.parse(document.get("request"));
  }

  /**
   * The same request with the ranks that came of it: how they were found may depend on timings,
   * what is made of them does not.
   */
  CompressionRequest withRanks(Path model) {
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
  Optional<String> sha256(String name) {
    return document.path("sha256").path(name).asStringOpt();
  }

  /** The version that made it. */
  String version() {
    return document.at("/provenance/greenformers").asString("");
  }

  /** Which inputs are not what they were, and how; empty if all are. */
  Map<String, String> differences(Path model, CompressionRequest now) throws IOException {
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
      } else if (!sha256(input.getKey()).equals(Optional.of(hash(file)))) {
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

  static String hash(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream hashed = new DigestInputStream(in, digest)) {
        hashed.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
