package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What a model should give for the rows of a batch, as a loss takes it. */
public sealed interface Targets {
  /** In the place of a class where nothing is known, and nothing is to be learnt. */
  int IGNORED = -100;

  /** Nothing is known. */
  record None() implements Targets {}

  /**
   * A class per row.
   *
   * @param indices int64 [batch], from 0
   */
  record Classes(Tensor indices) implements Targets {}

  /**
   * A number per row, or several.
   *
   * @param values floating, [batch] or [batch, numbers]
   */
  record Values(Tensor values) implements Targets {}

  /**
   * A class per place of a row. For a causal model the class is the <em>next</em> token: the output
   * at a place is compared with the target at the same place, whatever the task.
   *
   * @param indices int64 [batch, sequence], from 0 or {@link #IGNORED}
   */
  record Places(Tensor indices) implements Targets {}

  /** Those of some rows, from the first one to before the last one. */
  default Targets rows(int from, int to) {
    return switch (this) {
      case None none -> none;
      case Classes(var indices) -> new Classes(indices.rows(from, to));
      case Values(var values) -> new Values(values.rows(from, to));
      case Places(var indices) -> new Places(indices.rows(from, to));
    };
  }

  /** The targets of texts whose labels speak of them as a whole; none unless all have one. */
  static Targets of(List<TextExample> examples) {
    if (all(examples, Label.OfClass.class)) {
      return new Classes(tensor(ElementType.INT64, examples));
    }
    return all(examples, Label.OfValue.class)
        ? new Values(tensor(ElementType.FLOAT, examples))
        : new None();
  }

  private static boolean all(List<TextExample> examples, Class<? extends Label> kind) {
    return !examples.isEmpty()
        && examples.stream().map(TextExample::label).allMatch(kind::isInstance);
  }

  private static Tensor tensor(ElementType type, List<TextExample> examples) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(examples.size() * type.bytes()).order(ByteOrder.nativeOrder());
    for (TextExample example : examples) {
      switch (example.label()) {
        case Label.OfClass(int index) -> type.put(bytes, index);
        case Label.OfValue(double value) -> type.put(bytes, value);
        case Label.None n -> throw new IllegalStateException("a text without a label");
        case Label.OfWords w -> throw new IllegalStateException("words are targets of places");
        case Label.OfPair p -> throw new IllegalStateException("a pair has no target");
      }
    }
    return new Tensor(type, List.of((long) examples.size()), bytes.flip());
  }
}
