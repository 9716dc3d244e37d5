package io.greenformers.engine.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Texts as tokens, by the rules of a {@code tokenizer.json}. */
final class TextTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxLength tokens after which a text is truncated
   * @throws InvalidDatasetException if the file is no tokenizer
   */
  static TextTokenizer read(Path file, int maxLength) {
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(true)
              .optPadding(false)
              .optMaxLength(maxLength)
              .build());
    } catch (IOException | RuntimeException e) {
      throw new InvalidDatasetException(
          "tokenizer-unreadable",
          "the tokenizer: expected a tokenizer.json, found %s".formatted(e.getMessage()),
          e);
    }
  }

  /**
   * The tokens of one text; arrays of one length, not shared.
   *
   * @param ids of the vocabulary
   * @param types which segment a token belongs to
   */
  record Tokens(List<Long> ids, List<Long> types) {}

  List<Tokens> encode(List<String> texts) {
    return Arrays.stream(tokenizer.batchEncode(texts)).map(TextTokenizer::tokens).toList();
  }

  private static Tokens tokens(Encoding encoding) {
    return new Tokens(
        Arrays.stream(encoding.getIds()).boxed().toList(),
        Arrays.stream(encoding.getTypeIds()).boxed().toList());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
