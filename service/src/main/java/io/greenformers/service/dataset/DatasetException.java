package io.greenformers.service.dataset;

import io.greenformers.service.ServiceException;
import java.util.Map;

/** There is no dataset of this id. */
public final class DatasetException extends ServiceException {
  DatasetException(String field) {
    super(
        "dataset-not-found",
        field
            + ": expected the id of an uploaded dataset, found none with this one; upload it first",
        Map.of("field", field));
  }
}
