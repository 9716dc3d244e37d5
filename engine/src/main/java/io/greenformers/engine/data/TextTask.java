package io.greenformers.engine.data;

/** What a model does with texts, and so what a row of a dataset has to hold. */
public enum TextTask {
  /** A class per text or pair: {@link Label.OfClass}. */
  CLASSIFICATION,
  /** A number per text or pair: {@link Label.OfValue}. */
  REGRESSION,
  /** A class per word; the words are given: {@link Label.OfWords}. */
  TOKEN_CLASSIFICATION,
  /** Tokens that were hidden, from those around them. */
  MASKED_LANGUAGE,
  /** The next token, from those before it. */
  CAUSAL_LANGUAGE,
  /** A vector per text, near to that of the other text of its pair: {@link Label.OfPair}. */
  EMBEDDING,
  /** Anything; labels are not looked at. */
  NONE;

  /** Whether a row must have a label. */
  boolean hasLabels() {
    return switch (this) {
      case CLASSIFICATION, REGRESSION, TOKEN_CLASSIFICATION -> true;
      case MASKED_LANGUAGE, CAUSAL_LANGUAGE, EMBEDDING, NONE -> false;
    };
  }
}
