package io.greenformers.engine.data;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The lines of a UTF-8 file, each of bounded length; a byte order mark and CRs are no text. */
final class Lines implements Closeable {
  /** A line beyond this is no text that a model reads: its file may have no line breaks at all. */
  static final int LONGEST = 1 << 20;

  private final Path file;
  private final BufferedReader reader;
  private final StringBuilder line = new StringBuilder();
  private long number;

  Lines(Path file) throws IOException {
    this.file = file;
    this.reader = reader(file);
  }

  /** The characters of a file after its byte order mark, if it has one. Bad bytes are an error. */
  static BufferedReader reader(Path file) throws IOException {
    BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
    try {
      reader.mark(1);
      if (reader.read() != '\ufeff') {
        reader.reset();
      }
      return reader;
    } catch (CharacterCodingException e) {
      reader.close();
      throw InvalidDatasetException.notUtf8(file, e);
    }
  }

  /** The number of the last line, from 1. */
  long number() {
    return number;
  }

  /**
   * The next line without its end; empty at the end of the file.
   *
   * @throws InvalidDatasetException if it is too long or not UTF-8
   */
  Optional<String> next() throws IOException {
    number++;
    try {
      return read() ? Optional.of(line.toString()) : Optional.empty();
    } catch (CharacterCodingException e) {
      throw InvalidDatasetException.notUtf8(file, e);
    }
  }

  private boolean read() throws IOException {
    line.setLength(0);
    int c = reader.read();
    boolean any = c >= 0;
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == LONGEST) {
        throw new InvalidDatasetException(
            "dataset-line-too-long",
            "the dataset, line %d: expected at most %d characters; put one text on a line"
                .formatted(number, LONGEST));
      }
      line.append((char) c);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return any;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
