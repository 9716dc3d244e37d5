package io.greenformers.client;

/**
 * Is told how far uploads and downloads are: from the thread that makes them, at their beginning,
 * every few megabytes and at their end. What it throws ends the transfer. Thread-safe where the
 * client is used by several threads.
 */
@FunctionalInterface
public interface TransferListener {
  /** Some bytes have come further. */
  void moved(Transfer transfer);
}
