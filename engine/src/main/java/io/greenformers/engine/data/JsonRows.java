package io.greenformers.engine.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One JSON object per line. Its columns are the fields of the first. */
final class JsonRows implements RowReader {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Lines lines;
  private final List<String> columns;
  private Optional<String> first;

  JsonRows(Path file) throws IOException {
    this.lines = new Lines(file);
    this.first = line();
    this.columns = first.map(this::columns).orElse(List.of());
  }

  private List<String> columns(String line) {
    return object(line)
        .map(object -> List.copyOf(object.propertyNames()))
        .orElseThrow(() ->
            new InvalidDatasetException(
                "dataset-malformed",
                "the dataset, line %d: expected one JSON object on each line, found %s"
                    .formatted(lines.number(), Quoted.of(line))));
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public Optional<Row> next() throws IOException {
    Optional<String> line = first.isPresent() ? first : line();
    first = Optional.empty();
    return line.map(this::row);
  }

  private Optional<String> line() throws IOException {
    Optional<String> line = lines.next();
    while (line.filter(String::isBlank).isPresent()) {
      line = lines.next();
    }
    return line;
  }

  private Row row(String line) {
    return object(line)
        .<Row>map(object -> new Row.Fields(lines.number(), values(object), lists(object)))
        .orElseGet(() ->
            new Row.Broken(lines.number(), "expected one JSON object, found " + Quoted.of(line)));
  }

  private static Optional<ObjectNode> object(String line) {
    try {
      return JSON.readTree(line) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> values(ObjectNode object) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().isValueNode() && !field.getValue().isNull()) {
        values.put(field.getKey(), field.getValue().asString());
      }
    }
    return values;
  }

  /** Lists of strings or numbers; a null in one is an empty string, which is no word and no tag. */
  private static Map<String, List<String>> lists(ObjectNode object) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().isArray()
          && field.getValue().valueStream().allMatch(JsonNode::isValueNode)) {
        lists.put(field.getKey(), field.getValue().valueStream().map(v -> v.asString("")).toList());
      }
    }
    return lists;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
