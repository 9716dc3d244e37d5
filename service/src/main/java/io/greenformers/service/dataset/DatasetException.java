package io.greenformers.service.dataset;

import io.greenformers.service.ServiceException;
import java.util.Map;

/** There is no dataset of this id. */
public final class DatasetException extends ServiceException {
  private DatasetException(String message, Map<String, Object> fields) {
    super("dataset-not-found", message, fields);
  }

  static DatasetException named(String field) {
    return new DatasetException(
        field
            + ": expected the id of an uploaded dataset, found none with this one; upload it first",
        Map.of("field", field));
  }

  static DatasetException notFound() {
    return new DatasetException(
        "expected the id of an uploaded dataset, found none with this one", Map.of());
  }
}
