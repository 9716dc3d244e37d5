package io.greenformers.engine.torch;

import io.greenformers.engine.EngineException;

/** An element type that this executor, or libtorch, does not have. */
public final class UnsupportedTypeException extends EngineException {
  private static final long serialVersionUID = 1;

  UnsupportedTypeException(String type) {
    super("tensors of type %s cannot be computed with here".formatted(type));
  }
}
