package io.greenformers.service.artifact;

import java.time.Instant;
import java.util.function.Consumer;

/** What is in a store, whoever put it there; for those who put it in order. Thread-safe. */
interface Inventory {

  /** An object and when it was stored last. */
  record StoredObject(String sha256, Instant storedAt) {}

  /** Goes through all objects. */
  void forEach(Consumer<StoredObject> action);

  /** Whether an object is there with so many bytes. */
  boolean has(StoredArtifact artifact);

  /** Removes an object, if it is there. */
  void remove(String sha256);

  /**
   * Removes what uploads that were begun before a time have left unfinished.
   *
   * @return how many there were
   */
  int removeUnfinished(Instant before);
}
