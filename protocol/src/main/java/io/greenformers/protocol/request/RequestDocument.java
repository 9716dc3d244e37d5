package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads and writes {@link CompressionRequest} as JSON or YAML, with the defaults filled in. */
public final class RequestDocument {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();
  private static final YAMLMapper YAML = new YAMLMapper();

  private static final String DEFAULTS =
      """
      {"method": "low-rank", "linformer": {"projectedLength": 128}, "solver": "auto", "seed": 0,
       "budget": {},
       "ranks": {"policy": "budget", "multipleOf": 8, "neverSlower": true, "manual": {},
                 "kinds": ["linear", "conv", "embedding"], "include": ["*"], "exclude": []},
       "calibration": {"samples": 512},
       "storage": {"dense": "keep"}, "operators": "onnxruntime",
       "evaluation": {"latency": {"batchSizes": [1, 8], "sequenceLengths": [32, 128]},
                      "confidence": 0.95}}
      """;

  /** Where there is data at all. */
  private static final String DATA_DEFAULTS =
      """
      {"format": "auto", "maxLength": 128, "columns": {}}
      """;

  /** Where recovery is asked for. */
  private static final String RECOVERY_DEFAULTS =
      """
      {"epochs": 1, "learningRate": 1e-4, "warmup": 0.1, "schedule": "linear", "weightDecay": 0.01,
       "distillation": {"logits": 0.7, "hidden": 0.0, "temperature": 2}, "labels": 0.3,
       "weights": "all", "include": ["*"], "accumulation": 1, "patience": 3,
       "precision": "auto", "device": "auto", "processes": "1", "maxDuration": "30m"}
      """;

  private RequestDocument() {}

  /**
   * Reads a JSON document.
   *
   * @throws InvalidRequestException if it is malformed, has an unknown field or an invalid value
   */
  public static CompressionRequest parseJson(String json) {
    return read(() -> JSON.readTree(json));
  }

  /**
   * Reads a YAML document (JSON is YAML too).
   *
   * @throws InvalidRequestException if it is malformed, has an unknown field or an invalid value
   */
  public static CompressionRequest parseYaml(String yaml) {
    return read(() -> YAML.readTree(yaml));
  }

  /** Reads a document that was already parsed, for example after flags were merged into it. */
  public static CompressionRequest parse(JsonNode document) {
    return read(() -> document);
  }

  /** Writes the full document, defaults included. */
  public static String toJson(CompressionRequest request) {
    return JSON.writeValueAsString(request);
  }

  private interface Source {
    JsonNode read();
  }

  private static CompressionRequest read(Source source) {
    try {
      JsonNode document = source.read();
      if (!(document instanceof ObjectNode given)) {
        throw new InvalidRequestException("", "an object", document.getNodeType());
      }
      ObjectNode merged = (ObjectNode) JSON.readTree(DEFAULTS);
      if (given.get("data") instanceof ObjectNode) {
        merged.set("data", JSON.readTree(DATA_DEFAULTS));
      }
      if (given.get("recovery") instanceof ObjectNode) {
        merged.set("recovery", JSON.readTree(RECOVERY_DEFAULTS));
      }
      merge(merged, given);
      if (merged.at("/recovery/batchSize").asStringOpt().filter("auto"::equals).isPresent()) {
        ((ObjectNode) merged.get("recovery")).remove("batchSize");
      }
      needs(merged, "/model", "sha256:… or a path");
      return JSON.treeToValue(merged, CompressionRequest.class);
    } catch (JacksonException e) {
      throw explain(e);
    }
  }

  private static void needs(ObjectNode document, String pointer, String expected) {
    if (document.at(pointer).isMissingNode()) {
      throw new InvalidRequestException(
          pointer.substring(1).replace('/', '.'), expected, "nothing");
    }
  }

  private static void merge(ObjectNode into, ObjectNode given) {
    given
        .properties()
        .forEach(field -> {
          if (into.get(field.getKey()) instanceof ObjectNode below
              && field.getValue() instanceof ObjectNode more) {
            merge(below, more);
          } else if (!field.getValue().isNull()) {
            into.set(field.getKey(), field.getValue());
          }
        });
  }

  private static InvalidRequestException explain(JacksonException e) {
    if (e.getCause() instanceof InvalidRequestException invalid) {
      return invalid;
    }
    String field =
        e.getPath().stream()
            .map(r -> r.getPropertyName() != null ? r.getPropertyName() : "[" + r.getIndex() + "]")
            .reduce((a, b) -> a + (b.startsWith("[") ? "" : ".") + b)
            .orElse("");
    if (e instanceof UnrecognizedPropertyException unknown) {
      return new InvalidRequestException(
          field, "one of " + unknown.getKnownPropertyIds(), "an unknown field");
    }
    return new InvalidRequestException(
        field, (field.isEmpty() ? "the document" : field) + ": " + e.getOriginalMessage(), e);
  }
}
