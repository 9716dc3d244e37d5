package io.greenformers.engine.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts, one per line of a UTF-8 file; blank lines are none. */
final class TextFile {
  /** A line beyond this is no text that a model reads: its file may have no line breaks at all. */
  private static final int LONGEST_LINE = 1 << 20;

  private TextFile() {}

  /**
   * Draws texts, every one with the same probability, in one pass and in the memory of the sample
   * (Vitter 1985, algorithm R).
   *
   * @param most how many; all, in their order, where there are no more
   * @throws InvalidDatasetException if there is none, or the file is no text
   */
  static List<String> sample(Path file, int most, long seed) {
    List<String> sample = new ArrayList<>();
    Random random = new Random(seed);
    long seen = 0;
    long number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      StringBuilder line = new StringBuilder();
      while (next(lines, line, ++number)) {
        String text = line.toString().strip();
        if (text.isEmpty()) {
          continue;
        }
        seen++;
        if (sample.size() < most) {
          sample.add(text);
        } else {
          long place = random.nextLong(seen);
          if (place < most) {
            sample.set((int) place, text);
          }
        }
      }
    } catch (CharacterCodingException e) {
      throw new InvalidDatasetException(
          "dataset-not-utf8",
          "the dataset, about line %d: expected UTF-8 text, found other bytes; convert it"
              .formatted(number),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (sample.isEmpty()) {
      throw new InvalidDatasetException(
          "dataset-empty", "the dataset: expected a text on every line, found none");
    }
    return sample;
  }

  private static boolean next(BufferedReader lines, StringBuilder line, long number)
      throws IOException {
    line.setLength(0);
    int c = lines.read();
    boolean any = c >= 0;
    for (; c >= 0 && c != '\n'; c = lines.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new InvalidDatasetException(
            "dataset-line-too-long",
            "the dataset, line %d: expected at most %d characters; put one text on a line"
                .formatted(number, LONGEST_LINE));
      }
      line.append((char) c);
    }
    return any;
  }
}
