package io.greenformers.engine.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Frees every native object that the calling thread makes while it is open, but for those that are
 * kept. Scopes nest; the innermost owns. Without a scope the garbage collector would free tensors,
 * which sees a few bytes where there are megabytes.
 */
public final class Scope implements AutoCloseable {
  private final PointerScope pointers = new PointerScope();

  /**
   * Takes a tensor that was made in this scope out of it.
   *
   * @return the same tensor, the caller's to close
   */
  public Tensor keep(Tensor tensor) {
    return tensor.retainReference();
  }

  @Override
  public void close() {
    pointers.close();
  }
}
