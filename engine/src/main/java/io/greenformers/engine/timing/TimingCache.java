package io.greenformers.engine.timing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measured timings in a JSON file, for the machine that they were measured on.
 *
 * <p>A file of another machine, or one that cannot be read, counts as empty: timings can be
 * measured again.
 */
final class TimingCache {
  private static final int SCHEMA = 1;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path file;
  private final String machine;
  private final Map<String, PairTiming> timings = new TreeMap<>();
  private boolean changed;

  private record Content(int schemaVersion, String machine, Map<String, PairTiming> timings) {}

  /**
   * Reads the timings of a file.
   *
   * @param file may be absent; {@link #save} creates it
   * @param machine that timings are wanted of
   */
  TimingCache(Path file, String machine) {
    this.file = file;
    this.machine = machine;
    if (Files.isRegularFile(file)) {
      read();
    }
  }

  Optional<PairTiming> get(String key) {
    return Optional.ofNullable(timings.get(key));
  }

  void put(String key, PairTiming timing) {
    timings.put(key, timing);
    changed = true;
  }

  /** Writes what is new; the file appears whole or not at all. */
  void save() {
    if (!changed) {
      return;
    }
    try {
      Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
      Path partial = Files.createTempFile(directory, "timings-", ".partial");
      Files.write(partial, JSON.writeValueAsBytes(new Content(SCHEMA, machine, timings)));
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      changed = false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try {
      Content content = JSON.readValue(file.toFile(), Content.class);
      if (content.schemaVersion() == SCHEMA && machine.equals(content.machine())) {
        timings.putAll(content.timings());
      }
    } catch (JacksonException e) {
      System.err.println("timings are measured again: " + e.getMessage());
    }
  }
}
