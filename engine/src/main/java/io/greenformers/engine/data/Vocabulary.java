package io.greenformers.engine.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a {@code tokenizer.json} says of its tokens, beside how texts are cut into them.
 *
 * @param size how many tokens there are, those that were added included
 * @param padding the id that fills a batch: some models find their own positions by it
 * @param mask the id that hides a token; empty where the tokenizer has none
 * @param special ids that stand for no text
 */
record Vocabulary(int size, int padding, Optional<Integer> mask, Set<Integer> special) {
  private static final long MOST_BYTES = 256L << 20;
  private static final Set<String> PADDING = Set.of("[PAD]", "<pad>", "<|pad|>");
  private static final Set<String> MASKS = Set.of("[MASK]", "<mask>");

  Vocabulary {
    special = Set.copyOf(special);
  }

  static Vocabulary read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("a file of more than %d bytes".formatted(MOST_BYTES));
    }
    return of(new JsonMapper().readTree(file.toFile()));
  }

  private static Vocabulary of(JsonNode tokenizer) {
    int size = tokenizer.path("model").path("vocab").size();
    Optional<Integer> padding = Optional.empty();
    Optional<Integer> mask = Optional.empty();
    Set<Integer> special = new HashSet<>();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      int id = token.path("id").asInt(0);
      String content = token.path("content").asString("");
      size = Math.max(size, id + 1);
      if (PADDING.contains(content)) {
        padding = Optional.of(id);
      }
      if (MASKS.contains(content)) {
        mask = Optional.of(id);
      }
      if (token.path("special").asBoolean(false)) {
        special.add(id);
      }
    }
    JsonNode configured = tokenizer.path("padding").path("pad_id");
    return new Vocabulary(
        size, configured.isInt() ? configured.asInt() : padding.orElse(0), mask, special);
  }
}
