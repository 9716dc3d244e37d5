package io.greenformers.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * The small test model with another {@code doc_string} each time: the same graph, another model. So
 * its killed children are not held against the others, and its artifacts are its own.
 */
final class DistinctModels {
  /** Field 6 of a ModelProto, a string. */
  private static final byte DOC_STRING = 0x32;

  private DistinctModels() {}

  /** The bytes of a model; the same for the same seed and number. */
  static byte[] model(long seed, int number) throws IOException {
    byte[] text = "%d-%08d".formatted(seed, number).getBytes(StandardCharsets.UTF_8);
    byte[] original = Files.readAllBytes(MainJobIT.BERT);
    byte[] model = Arrays.copyOf(original, original.length + 2 + text.length);
    model[original.length] = DOC_STRING;
    model[original.length + 1] = (byte) text.length;
    System.arraycopy(text, 0, model, original.length + 2, text.length);
    return model;
  }
}
