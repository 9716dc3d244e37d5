package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes pairs apart for models that turn one text into one vector. */
final class TextPairs {
  private TextPairs() {}

  /** Both texts of every pair, numbered by the place of the pair; single texts stay. */
  static List<TextExample> apart(List<TextExample> pairs) {
    List<TextExample> texts = new ArrayList<>(2 * pairs.size());
    for (int i = 0; i < pairs.size(); i++) {
      TextExample first = pairs.get(i);
      if (first.pair().isEmpty()) {
        texts.add(first);
        continue;
      }
      Optional<Double> similarity =
          first.label() instanceof Label.OfValue(double value)
              ? Optional.of(value)
              : Optional.empty();
      texts.add(side(first, first.text(), new Label.OfPair(i, Label.Side.FIRST, similarity)));
      texts.add(
          side(first, first.pair().get(), new Label.OfPair(i, Label.Side.SECOND, similarity)));
    }
    return texts;
  }

  private static TextExample side(TextExample pair, String text, Label label) {
    return new TextExample(pair.line(), text, Optional.empty(), label);
  }
}
