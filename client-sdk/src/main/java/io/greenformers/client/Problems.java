package io.greenformers.client;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads problems (RFC 9457), and what else may be answered instead of an answer. */
record Problems(Retries retries) {
  private static final JsonMapper JSON = new JsonMapper();

  /** What RFC 9457 and this service say in every problem. */
  private static final Set<String> KNOWN_MEMBERS =
      Set.of("type", "title", "status", "detail", "code", "instance");

  private static final int LONGEST = 1 << 16;

  /**
   * Reads an answer that is none, and closes it.
   *
   * @param tries how often the request was sent
   */
  ServiceException of(Answer answer, int tries) throws IOException {
    JsonNode problem;
    try (answer) {
      problem = object(answer.text(LONGEST));
    }
    return new ServiceException(
        new ServiceException.Problem(
            answer.status(),
            problem.path("code").asString("http-" + answer.status()),
            problem.path("detail").asString("no more is known"),
            furtherMembers(problem),
            answer.header("X-Request-Id"),
            answer.header("Retry-After").flatMap(retries::asked),
            tries));
  }

  private static Map<String, Object> furtherMembers(JsonNode problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    problem
        .properties()
        .forEach(field -> {
          if (!KNOWN_MEMBERS.contains(field.getKey())) {
            JsonNode value = field.getValue();
            fields.put(field.getKey(), value.isString() ? value.asString() : value);
          }
        });
    return fields;
  }

  /** Whatever stands between here and the service may answer with a page of its own. */
  private static JsonNode object(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isObject() ? node : JSON.createObjectNode();
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }
}
