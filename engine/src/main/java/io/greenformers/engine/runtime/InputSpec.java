package io.greenformers.engine.runtime;

import java.util.List;

/**
 * An input or output of a model, as its signature says.
 *
 * @param shape the dimensions, in order
 */
public record InputSpec(String name, ElementType type, List<Dimension> shape) {
  public InputSpec {
    shape = List.copyOf(shape);
  }

  /** The size of a dimension, or its name. */
  public sealed interface Dimension {
    record Fixed(long size) implements Dimension {}

    /** A dimension whose size the caller chooses; the name may be empty. */
    record Dynamic(String name) implements Dimension {}
  }
}
