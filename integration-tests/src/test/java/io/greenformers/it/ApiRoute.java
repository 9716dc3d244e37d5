package io.greenformers.it;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A route that the OpenAPI document names.
 *
 * @param method {@code GET}
 * @param path with its variables, {@code /v1/models/{id}}
 * @param bodyType a media type of its body, where it takes one; each is a route of its own
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
                    bodyTypes(operation.getValue())
                        .forEach(type ->
                            routes.add(
                                new ApiRoute(
                                    operation.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    type)))));
    return routes;
  }

  private static List<Optional<String>> bodyTypes(JsonNode operation) {
    Collection<String> types = operation.path("requestBody").path("content").propertyNames();
    return types.isEmpty() ? List.of(Optional.empty()) : types.stream().map(Optional::of).toList();
  }

  boolean isForOperators() {
    return Stream.of("/v1/keys", "/v1/admin", "/actuator").anyMatch(path::startsWith);
  }

  boolean changes() {
    return !Set.of("GET", "HEAD", "OPTIONS").contains(method);
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
    return method + " " + path + bodyType.map(type -> " " + type).orElse("");
  }
}
