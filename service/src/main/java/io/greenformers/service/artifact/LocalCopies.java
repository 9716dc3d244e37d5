package io.greenformers.service.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of objects that are kept elsewhere, verified when they came; those that were used longest
 * ago go first, and none that was used lately: whoever asked for it may be about to open it, and
 * what is open stays readable. Thread-safe; emptied with its directory at start.
 */
final class LocalCopies {
  /** An engine child opens its inputs when it starts. */
  private static final Duration LATELY = Duration.ofHours(1);

  private final Path directory;
  private final long mostBytes;
  private final Clock clock;

  /** By SHA-256, the one used last at the end. */
  private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  LocalCopies(Path directory, long mostBytes, Clock clock) {
    this.directory = directory;
    this.mostBytes = mostBytes;
    this.clock = clock;
  }

  private record Copy(long bytes, Instant used) {}

  /** The copy of an object, where there is one. */
  synchronized Optional<Path> find(String sha256) {
    Copy used =
        copies.computeIfPresent(sha256, (name, copy) -> new Copy(copy.bytes(), clock.instant()));
    return used == null ? Optional.empty() : Optional.of(place(sha256));
  }

  /**
   * Moves a file in as an object's copy, and makes room for it. A copy that is there already stays:
   * a confined child may read this very file.
   */
  synchronized Path keep(Path file, String sha256) {
    try {
      Path place = place(sha256);
      if (find(sha256).isPresent()) {
        Files.delete(file);
        return place;
      }
      long size = Files.size(file);
      Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
      copies.put(sha256, new Copy(size, clock.instant()));
      bytes += size;
      makeRoom();
      return place;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeRoom() {
    Instant lately = clock.instant().minus(LATELY);
    List<String> oldest =
        copies.entrySet().stream()
            .filter(c -> c.getValue().used().isBefore(lately))
            .map(Map.Entry::getKey)
            .toList();
    for (String sha256 : oldest) {
      if (bytes > mostBytes) {
        remove(sha256);
      }
    }
  }

  synchronized void remove(String sha256) {
    Copy copy = copies.remove(sha256);
    if (copy != null) {
      bytes -= copy.bytes();
      try {
        Files.deleteIfExists(place(sha256));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Path place(String sha256) {
    return directory.resolve(sha256);
  }
}
