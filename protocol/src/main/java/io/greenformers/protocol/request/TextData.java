package io.greenformers.protocol.request;

/**
 * Text on which fidelity is measured, instead of random inputs.
 *
 * @param evaluation a UTF-8 text file, one input per line: an uploaded dataset's id, or a path
 * @param tokenizer a {@code tokenizer.json}: an uploaded dataset's id, or a path
 * @param maxLength tokens after which an input is truncated
 */
public record TextData(String evaluation, String tokenizer, int maxLength) {
  public TextData {
    Checks.require(!evaluation.isBlank(), "data.evaluation", "an id or a path", "nothing");
    Checks.require(!tokenizer.isBlank(), "data.tokenizer", "an id or a path", "nothing");
    Checks.require(maxLength > 0 && maxLength <= 65_536, "data.maxLength", "1 to 65536", maxLength);
  }
}
