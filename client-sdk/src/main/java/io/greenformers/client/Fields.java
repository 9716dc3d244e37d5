package io.greenformers.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A part of a request document. Immutable; what is not set has the service's default. */
record Fields(Map<String, Object> values) {
  private static final JsonMapper JSON = new JsonMapper();

  static final Fields NONE = new Fields(Map.of());

  Fields {
    values = new LinkedHashMap<>(values);
  }

  /**
   * The same with one more value.
   *
   * @param path with dots
   * @param value a number, a text, a truth, a constant (written in lower case, with hyphens), a
   *     duration (in seconds), a list or a map of such, or fields
   */
  Fields with(String path, Object value) {
    int dot = path.indexOf('.');
    Map<String, Object> changed = new LinkedHashMap<>(values);
    if (dot < 0) {
      changed.put(path, written(value));
    } else {
      String name = path.substring(0, dot);
      Fields below = values.get(name) instanceof Fields fields ? fields : NONE;
      changed.put(name, below.with(path.substring(dot + 1), value));
    }
    return new Fields(changed);
  }

  private static Object written(Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof Duration duration) {
      return duration.toSeconds() + "s";
    }
    if (value instanceof Collection<?> many) {
      List<Object> all = new ArrayList<>();
      many.forEach(one -> all.add(written(one)));
      return all;
    }
    return value instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : value;
  }

  private Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> tree.put(name, value instanceof Fields below ? below.tree() : value));
    return tree;
  }

  String json() {
    return JSON.writeValueAsString(tree());
  }

  @Override
  public String toString() {
    return json();
  }
}
