package io.greenformers.engine.torch;

import java.nio.file.Path;

/**
 * A process's place among its {@link Peers}.
 *
 * @param rank from 0, below size; each is taken by one process
 * @param size how many processes there are
 * @param meeting a file through which they find each other, in a directory that only this user can
 *     write to; made by the first who comes, and good for one meeting
 */
public record Seat(int rank, int size, Path meeting) {
  public Seat {
    if (size < 1 || rank < 0 || rank >= size) {
      throw new IllegalArgumentException(
          "expected a rank in [0, %d) and at least one process, found %d".formatted(size, rank));
    }
  }
}
