package io.greenformers.service.disk;

import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * A file beside the embedded database that gives its room to it when the disk is full, and is
 * written again once there is room.
 */
@Component
final class DiskReserve {
  static final String NAME = "reserve";

  private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);

  /** Minutes of what running stages write of their progress. */
  private static final int BYTES = 16 << 20;

  private static final String URL = "jdbc:h2:" + ReservedFilePath.SCHEME + ":";

  private final Optional<Path> file;

  DiskReserve(ServiceSettings settings, DataSourceProperties database) {
    String url = database.getUrl();
    this.file =
        url != null && url.startsWith(URL)
            ? Optional.of(settings.data().resolve("db").resolve(NAME))
            : Optional.empty();
    restore();
    if (isSpent()) {
      LOG.warn("less than {} bytes are free for the database: what writes is refused", 2L * BYTES);
    }
  }

  /** Whether the disk is full, so that nothing more may be asked of the database. */
  boolean isSpent() {
    return file.isPresent() && Files.notExists(file.get());
  }

  /** Writes the file where it is missing and there is room. */
  @Scheduled(fixedDelay = 1000)
  void restore() {
    if (isSpent()) {
      file.ifPresent(DiskReserve::write);
    }
  }

  private static void write(Path file) {
    Path temporary = file.resolveSibling(NAME + ".tmp");
    try {
      Path directory = Files.createDirectories(file.resolveSibling(""));
      if (Files.getFileStore(directory).getUsableSpace() < 2L * BYTES) {
        return;
      }
      byte[] bytes = new byte[BYTES];
      // some file systems store zeros in no room at all
      new Random().nextBytes(bytes);
      Files.write(temporary, bytes);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("the reserve of the database is {} bytes", BYTES);
    } catch (IOException e) {
      LOG.warn("the reserve of the database cannot be written: {}", e.toString());
      delete(temporary);
    }
  }

  private static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
