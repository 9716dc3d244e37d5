package io.greenformers.engine.data;

import java.util.List;
import java.util.Optional;

/** What is known of a text beside its words. */
public sealed interface Label {
  /** Nothing. */
  record None() implements Label {}

  /**
   * The class that the text belongs to.
   *
   * @param index of the output that should be the largest, from 0
   */
  record OfClass(int index) implements Label {
    public OfClass {
      if (index < 0) {
        throw new IllegalArgumentException("expected a class from 0, found " + index);
      }
    }
  }

  /**
   * The number that the model should give.
   *
   * @param value finite
   */
  record OfValue(double value) implements Label {
    public OfValue {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("expected a finite number, found " + value);
      }
    }
  }

  /**
   * Words with a class each.
   *
   * @param words of the text, at least one
   * @param tags the class of each word, from 0; {@link Targets#IGNORED} where it does not count
   */
  record OfWords(List<String> words, List<Integer> tags) implements Label {
    public OfWords {
      words = List.copyOf(words);
      tags = List.copyOf(tags);
      if (words.isEmpty() || words.size() != tags.size()) {
        throw new IllegalArgumentException(
            "expected as many tags as words, and at least one, found %d and %d"
                .formatted(tags.size(), words.size()));
      }
    }
  }

  /**
   * One of two texts that belong together.
   *
   * @param pair a number that both have, and no other text
   * @param side which of the two
   * @param similarity how alike they are; where it is not known they are taken for alike
   */
  record OfPair(int pair, Side side, Optional<Double> similarity) implements Label {}

  /** The place of a text in its pair. */
  enum Side {
    FIRST,
    SECOND
  }
}
