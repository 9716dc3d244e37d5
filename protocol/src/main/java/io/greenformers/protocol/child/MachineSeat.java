package io.greenformers.protocol.child;

/**
 * A machine's place in a training that several machines share. Whoever starts the children decides
 * it, never a request: it opens a port.
 *
 * @param number of this machine, from 0; the first one judges, saves and writes
 * @param count how many machines there are
 * @param host the first machine's address, a literal
 * @param port at which the first machine's child listens
 * @param own the address that this machine's children listen at, a literal
 */
public record MachineSeat(int number, int count, String host, int port, String own) {
  public MachineSeat {
    if (count < 2 || number < 0 || number >= count || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "machine: expected a number below a count of two or more, and a port, found %d of %d at %d"
              .formatted(number, count, port));
    }
  }
}
