package io.greenformers.service.model;

import io.greenformers.service.ServiceException;
import java.util.Map;

/** A model cannot be used as asked. */
public final class ModelException extends ServiceException {
  /** What kind of trouble it is. */
  public enum Fault {
    NOT_FOUND,
    /** The inspect stage refused it, or it is quarantined. */
    REFUSED,
    /** The inspect stage failed for a reason of the service's own. */
    INSPECTION_FAILED
  }

  private final Fault fault;

  private ModelException(Fault fault, String code, String message, String id) {
    super(code, message, Map.of("model", id));
    this.fault = fault;
  }

  static ModelException notFound(String id) {
    return new ModelException(
        Fault.NOT_FOUND,
        "model-not-found",
        "model: expected the id of an uploaded model, found none with this one; upload it first",
        id.substring(0, Math.min(100, id.length())));
  }

  static ModelException refused(String id, String code, String message) {
    return new ModelException(Fault.REFUSED, code, message, id);
  }

  static ModelException failed(String id, String code, String message) {
    return new ModelException(
        Fault.INSPECTION_FAILED, "inspection-failed", code + ": " + message, id);
  }

  /** What kind of trouble it is. */
  public Fault fault() {
    return fault;
  }
}
