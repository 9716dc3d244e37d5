package io.greenformers.protocol.child;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The lines that parent and child exchange, as JSON. */
public final class ChildCodec {
  /** What the parent writes to ask the child to stop. */
  public static final String CANCEL = "{\"cancel\":true}";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          // a message that lacks a field is none: a child may be anything
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private ChildCodec() {}

  public static String line(ChildMessage message) {
    return JSON.writerFor(ChildMessage.class).writeValueAsString(message);
  }

  /** The message in a line; empty where the line is anything else, which counts as log. */
  public static Optional<ChildMessage> message(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(line, ChildMessage.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The line that starts a child. */
  public static String line(StageRequest request) {
    ObjectNode document = JSON.createObjectNode();
    document.set("stage", JSON.valueToTree(request.stage()));
    document.set("request", JSON.readTree(RequestDocument.toJson(request.request())));
    ObjectNode artifacts = document.putObject("artifacts");
    request.artifacts().forEach((name, path) -> artifacts.put(name, path.toString()));
    document.put("output", request.output().toString());
    request.work().ifPresent(work -> document.put("work", work.toString()));
    request.machine().ifPresent(seat -> document.set("machine", JSON.valueToTree(seat)));
    return document.toString();
  }

  /**
   * Reads the line that starts a child.
   *
   * @throws IllegalArgumentException if it is not a request
   */
  public static StageRequest request(String line) {
    try {
      JsonNode document = JSON.readTree(line);
      Map<String, Path> artifacts = new LinkedHashMap<>();
      document
          .required("artifacts")
          .properties()
          .forEach(a -> artifacts.put(a.getKey(), Path.of(a.getValue().asString())));
      return new StageRequest(
          JSON.treeToValue(document.required("stage"), Stage.class),
          RequestDocument.parse(document.required("request")),
          artifacts,
          Path.of(document.required("output").asString()),
          Optional.ofNullable(document.get("work")).map(JsonNode::asString).map(Path::of),
          Optional.ofNullable(document.get("machine"))
              .map(seat -> JSON.treeToValue(seat, MachineSeat.class)));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("expected a stage request: " + e.getOriginalMessage(), e);
    }
  }
}
