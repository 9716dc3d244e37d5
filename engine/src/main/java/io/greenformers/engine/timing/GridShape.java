package io.greenformers.engine.timing;

/**
 * The shape of a request: the sizes of a model's dynamic axes.
 *
 * @param batch the size of first axes
 * @param sequence the size of all others
 */
public record GridShape(int batch, int sequence) {
  public GridShape {
    if (batch < 1 || sequence < 1) {
      throw new IllegalArgumentException(
          "expected sizes of 1 or more, found %d×%d".formatted(batch, sequence));
    }
  }

  @Override
  public String toString() {
    return batch + "×" + sequence;
  }
}
