package io.greenformers.protocol.request;

import java.util.Optional;

/**
 * Text on which fidelity is measured, instead of random inputs.
 *
 * @param evaluation a UTF-8 text file, one input per line: an uploaded dataset's id, or a path
 * @param tokenizer a {@code tokenizer.json}: an uploaded dataset's id, or a path
 * @param maxLength tokens after which an input is truncated; 128 where it is not given
 */
public record TextData(String evaluation, String tokenizer, Optional<Integer> maxLength) {
  private static final int DEFAULT_MAX_LENGTH = 128;

  public TextData {
    Checks.require(!evaluation.isBlank(), "data.evaluation", "an id or a path", "nothing");
    Checks.require(!tokenizer.isBlank(), "data.tokenizer", "an id or a path", "nothing");
    maxLength = maxLength.or(() -> Optional.of(DEFAULT_MAX_LENGTH));
    maxLength.ifPresent(
        most -> Checks.require(most > 0 && most <= 65_536, "data.maxLength", "1 to 65536", most));
  }

  /** Tokens after which an input is truncated. */
  public int mostTokens() {
    return maxLength.orElse(DEFAULT_MAX_LENGTH);
  }
}
