package io.greenformers.engine.data;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of columns that stand in the first row of a file. */
record Header(List<String> names) {
  Header {
    names = names.stream().map(String::strip).toList();
    if (new HashSet<>(names).size() < names.size()) {
      throw new InvalidDatasetException(
          "dataset-columns-repeated",
          "the dataset, line 1: expected columns of different names, found %s; is the header there?"
              .formatted(Quoted.of(names)));
    }
  }

  /** A row under these names. */
  Row row(long line, List<String> values) {
    if (values.size() != names.size()) {
      return new Row.Broken(
          line, "expected %d columns, found %d".formatted(names.size(), values.size()));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), values.get(i));
    }
    return new Row.Fields(line, fields);
  }
}
