package io.greenformers.client;

import java.nio.file.Path;

/**
 * How far a file has come.
 *
 * @param direction whether it is sent or fetched
 * @param file that is read or written here
 * @param bytes that are there by now, those of an earlier, broken transfer included
 * @param total of the file
 */
public record Transfer(Direction direction, Path file, long bytes, long total) {
  /** Where the bytes go. */
  public enum Direction {
    UPLOAD,
    DOWNLOAD
  }

  /** From 0 to 1. */
  public double fraction() {
    return total == 0 ? 1 : (double) bytes / total;
  }
}
