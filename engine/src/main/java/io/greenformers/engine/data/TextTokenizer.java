package io.greenformers.engine.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Texts as tokens, by the rules of a {@code tokenizer.json}. */
final class TextTokenizer implements AutoCloseable {
  /** Encodings carry words and offsets that are not needed: few at a time. */
  private static final int AT_A_TIME = 256;

  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, Vocabulary vocabulary) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxLength tokens after which a text is truncated
   * @throws InvalidDatasetException if the file is no tokenizer
   */
  static TextTokenizer read(Path file, int maxLength) {
    try {
      Vocabulary vocabulary = Vocabulary.read(file);
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(true)
              .optPadding(false)
              .optMaxLength(maxLength)
              .build(),
          vocabulary);
    } catch (IOException | RuntimeException e) {
      throw new InvalidDatasetException(
          "tokenizer-unreadable",
          "the tokenizer: expected a tokenizer.json, found %s".formatted(e.getMessage()),
          e);
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The tokens of texts, in their order. Where words are given with classes, the first token of a
   * word has its class, and no other token counts.
   */
  List<Encoded> encode(List<TextExample> examples) {
    List<Encoded> encoded = new ArrayList<>(examples.size());
    for (int from = 0; from < examples.size(); from += AT_A_TIME) {
      List<TextExample> some = examples.subList(from, Math.min(examples.size(), from + AT_A_TIME));
      if (some.getFirst().label() instanceof Label.OfWords) {
        some.forEach(e -> encoded.add(new Encoded(e, words(e))));
        continue;
      }
      Encoding[] encodings = batch(some);
      for (int i = 0; i < encodings.length; i++) {
        Tokens tokens = new Tokens(encodings[i].getIds(), encodings[i].getTypeIds());
        encoded.add(new Encoded(some.get(i), tokens));
      }
    }
    return encoded;
  }

  private Encoding[] batch(List<TextExample> examples) {
    if (examples.getFirst().pair().isEmpty()) {
      return tokenizer.batchEncode(examples.stream().map(TextExample::text).toList());
    }
    PairList<String, String> pairs = new PairList<>();
    examples.forEach(e -> pairs.add(e.text(), e.pair().orElseThrow()));
    return tokenizer.batchEncode(pairs);
  }

  private Tokens words(TextExample example) {
    Label.OfWords label = (Label.OfWords) example.label();
    Encoding encoding = tokenizer.encode(label.words());
    long[] words = encoding.getWordIds();
    int[] targets = new int[words.length];
    Arrays.fill(targets, Targets.IGNORED);
    for (int i = 0; i < words.length; i++) {
      // special tokens belong to no word: −1
      if (words[i] >= 0 && (i == 0 || words[i] != words[i - 1])) {
        targets[i] = label.tags().get((int) words[i]);
      }
    }
    return new Tokens(encoding.getIds(), encoding.getTypeIds()).withTargets(targets);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
