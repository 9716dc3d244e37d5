package io.greenformers.deployment;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** An object of Kubernetes, as the chart renders it. */
record Manifest(JsonNode json) {

  String apiVersion() {
    return json.path("apiVersion").asString();
  }

  String kind() {
    return json.path("kind").asString();
  }

  String name() {
    return json.path("metadata").path("name").asString();
  }

  JsonNode spec() {
    return json.path("spec");
  }

  /** The pod that it is or makes, where it does. */
  Optional<JsonNode> pod() {
    return switch (kind()) {
      case "Pod" -> Optional.of(spec());
      case "Deployment", "StatefulSet", "Job" -> Optional.of(spec().path("template").path("spec"));
      default -> Optional.empty();
    };
  }

  /** The containers of its pod, none where it has none. */
  List<JsonNode> containers() {
    return pod()
        .map(pod ->
            Stream.of(pod.path("initContainers"), pod.path("containers"))
                .flatMap(JsonNode::valueStream)
                .toList())
        .orElse(List.of());
  }

  @Override
  public String toString() {
    return kind() + " " + name();
  }
}
