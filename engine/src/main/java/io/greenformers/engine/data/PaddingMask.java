package io.greenformers.engine.data;

import java.util.Collection;
import java.util.Optional;

/** Which input says what is padding. */
public final class PaddingMask {
  private PaddingMask() {}

  /**
   * The input that is 0 where there is padding and 1 elsewhere.
   *
   * @param inputs the names of a model's inputs
   */
  public static Optional<String> of(Collection<String> inputs) {
    return inputs.stream()
        .filter(name -> TokenInput.named(name).filter(TokenInput.MASK::equals).isPresent())
        .min(String::compareTo);
  }
}
