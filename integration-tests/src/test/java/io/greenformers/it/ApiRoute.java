package io.greenformers.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A route that the OpenAPI document names.
 *
 * @param method {@code GET}
 * @param path with its variables, {@code /v1/models/{id}}
 * @param bodyType the first media type of its body, where it takes one
 */
record ApiRoute(String method, String path, Optional<String> bodyType) {

  static List<ApiRoute> of(JsonNode document) {
    List<ApiRoute> routes = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation ->
                    routes.add(
                        new ApiRoute(
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            bodyType(operation.getValue())))));
    return routes;
  }

  private static Optional<String> bodyType(JsonNode operation) {
    Stream<String> types = operation.path("requestBody").path("content").propertyNames().stream();
    return types.findFirst();
  }

  boolean isForOperators() {
    return Stream.of("/v1/keys", "/v1/admin", "/actuator").anyMatch(path::startsWith);
  }

  boolean changes() {
    return !method.equals("GET") && !method.equals("HEAD");
  }

  /** What it is about: {@code models}. */
  String kind() {
    return path.replaceAll("^/v1/([^/]+).*", "$1");
  }

  boolean namesOneThing() {
    return path.contains("{");
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
