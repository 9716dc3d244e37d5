package io.greenformers.service.artifact;

import io.greenformers.service.artifact.UploadException.Fault;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells a full disk from other trouble: the operating system has no exception of its own for it.
 */
public final class DiskFull {
  private static final String POSTGRES_DISK_FULL = "53100";

  private DiskFull() {}

  /** Whether a full disk, or a used-up quota, is at the bottom of an error. */
  public static boolean isCauseOf(Throwable error) {
    for (@Nullable Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof IOException && isMeant(e.getMessage())) {
        return true;
      }
      if (e instanceof SQLException s
          && (POSTGRES_DISK_FULL.equals(s.getSQLState()) || isMeant(s.getMessage()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMeant(@Nullable String message) {
    String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
    return text.contains("no space left on device")
        || text.contains("disk quota exceeded")
        || text.contains("not enough space on the disk");
  }

  /** What the caller is told. */
  public static UploadException refusal() {
    return new UploadException(
        Fault.DISK_FULL,
        "the service's disk has no room for this; free some, or try a smaller file");
  }
}
