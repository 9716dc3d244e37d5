package io.greenformers.cli.machines;

import java.net.InetAddress;
import java.time.Duration;

/** Another machine of a training, as the first one sees it. Guarded by its owner. */
final class JoinedMachine {
  final int number;
  final InetAddress address;
  private long heard = System.nanoTime();
  private boolean ended;

  /**
   * Of a machine that has just been heard of.
   *
   * @param number from 1
   */
  JoinedMachine(int number, InetAddress address) {
    this.number = number;
    this.address = address;
  }

  void hear() {
    heard = System.nanoTime();
  }

  /** Nothing more is expected of it. */
  void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean isSilentFor(Duration time) {
    return !ended && System.nanoTime() - heard > time.toNanos();
  }

  @Override
  public String toString() {
    return "machine %d (%s)".formatted(number + 1, address.getHostAddress());
  }
}
