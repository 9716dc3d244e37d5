package io.greenformers.engine.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Texts as tokens, by the rules of a {@code tokenizer.json}. */
final class TextTokenizer implements AutoCloseable {
  /** Encodings carry words and offsets that are not needed: few at a time. */
  private static final int AT_A_TIME = 256;

  private static final Set<String> PADDING = Set.of("[PAD]", "<pad>", "<|pad|>");

  private final HuggingFaceTokenizer tokenizer;
  private final int padding;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, int padding) {
    this.tokenizer = tokenizer;
    this.padding = padding;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxLength tokens after which a text is truncated
   * @throws InvalidDatasetException if the file is no tokenizer
   */
  static TextTokenizer read(Path file, int maxLength) {
    try {
      int padding = padding(new JsonMapper().readTree(file.toFile()));
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(true)
              .optPadding(false)
              .optMaxLength(maxLength)
              .build(),
          padding);
    } catch (IOException | RuntimeException e) {
      throw new InvalidDatasetException(
          "tokenizer-unreadable",
          "the tokenizer: expected a tokenizer.json, found %s".formatted(e.getMessage()),
          e);
    }
  }

  /** The id that fills a batch: some models find their own positions by it. */
  int padding() {
    return padding;
  }

  List<Tokens> encode(List<TextExample> examples) {
    List<Tokens> tokens = new ArrayList<>(examples.size());
    for (int from = 0; from < examples.size(); from += AT_A_TIME) {
      List<TextExample> some = examples.subList(from, Math.min(examples.size(), from + AT_A_TIME));
      for (Encoding encoding : batch(some)) {
        tokens.add(new Tokens(encoding.getIds(), encoding.getTypeIds()));
      }
    }
    return tokens;
  }

  private Encoding[] batch(List<TextExample> examples) {
    if (examples.getFirst().pair().isEmpty()) {
      return tokenizer.batchEncode(examples.stream().map(TextExample::text).toList());
    }
    PairList<String, String> pairs = new PairList<>();
    examples.forEach(e -> pairs.add(e.text(), e.pair().orElseThrow()));
    return tokenizer.batchEncode(pairs);
  }

  private static int padding(JsonNode tokenizer) {
    JsonNode configured = tokenizer.path("padding").path("pad_id");
    if (configured.isInt()) {
      return configured.asInt();
    }
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (PADDING.contains(token.path("content").asString(""))) {
        return token.path("id").asInt(0);
      }
    }
    return 0;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
