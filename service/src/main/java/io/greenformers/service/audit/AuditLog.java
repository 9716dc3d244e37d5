package io.greenformers.service.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends events to a file per day (UTC), one JSON line each. Thread-safe.
 *
 * <p>Files and no table: whoever can change rows cannot change what was shipped from here, and a
 * flood of refused requests costs no database. An event that cannot be written is an error in the
 * log, and no reason to refuse a request that has been done already.
 */
public final class AuditLog {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  private final Path directory;
  private final JsonMapper json = new JsonMapper();

  private AuditLog(Path directory) {
    this.directory = directory;
  }

  /** The log of the service that has this data directory; made when the first event comes. */
  public static AuditLog below(Path data) {
    return new AuditLog(data.resolve("audit"));
  }

  /** Appends an event. */
  public synchronized void add(AuditEvent event) {
    byte[] line = (json.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8);
    LocalDate day = event.at().atZone(ZoneOffset.UTC).toLocalDate();
    try {
      Files.createDirectories(directory);
      Files.write(
          directory.resolve("audit-" + day + ".jsonl"),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.error("an event could not be added to the audit log: {}", e.getClass().getSimpleName());
    }
  }
}
