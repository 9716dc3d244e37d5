package io.greenformers.engine.torch;

/**
 * A process's place among its {@link Peers}; machine after machine.
 *
 * @param rank from 0, below size; each is taken by one process
 * @param machines that they run on
 * @param processes on each machine
 */
public record Seat(int rank, int machines, int processes, Meeting meeting) {
  public Seat {
    if (machines < 1 || processes < 1 || rank < 0 || rank >= machines * processes) {
      throw new IllegalArgumentException(
          "expected a rank in [0, %d x %d) and at least one process, found %d"
              .formatted(machines, processes, rank));
    }
  }

  /** How many processes there are. */
  public int size() {
    return machines * processes;
  }

  /** The place among the processes of the same machine, from 0. */
  public int place() {
    return rank % processes;
  }

  /** The next process's. */
  public Seat next() {
    return new Seat(rank + 1, machines, processes, meeting);
  }
}
