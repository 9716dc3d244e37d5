package io.greenformers.cli.machines;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.Text;
import io.greenformers.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A file that another machine is to have.
 *
 * @param names logical ones, with {@code /} between folder and file, at least one
 * @param ending of its own name, with the dot, or nothing: formats are told by it
 */
public record OfferedFile(List<String> names, String ending, long bytes, String sha256) {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final String ENDING = "(\\.[A-Za-z0-9]{1,16})?";

  public OfferedFile {
    names = List.copyOf(names);
    if (names.isEmpty() || !ending.matches(ENDING) || bytes < 0) {
      throw new IllegalArgumentException(
          "expected a file's names, ending and size, found %s, '%s' and %d"
              .formatted(names, ending, bytes));
    }
  }

  public static OfferedFile of(List<String> names, Path file) throws IOException {
    String own = file.getFileName().toString();
    int dot = own.lastIndexOf('.');
    String ending = dot < 0 ? "" : own.substring(dot);
    return new OfferedFile(
        names, ending.matches(ENDING) ? ending : "", Files.size(file), Sha256.of(file));
  }

  /**
   * Writes what comes to a file.
   *
   * @param received is told how many bytes have come
   * @throws CliException if it is not the file that was offered
   */
  void receive(InputStream in, Path target, LongConsumer received) throws IOException {
    MessageDigest digest = Sha256.start();
    byte[] chunk = new byte[CHUNK_BYTES];
    long size = 0;
    try (OutputStream out = Files.newOutputStream(target)) {
      for (int n = in.read(chunk); n >= 0 && size <= bytes; n = in.read(chunk)) {
        size += n;
        digest.update(chunk, 0, n);
        out.write(chunk, 0, n);
        received.accept(n);
      }
    }
    String found = Sha256.hex(digest);
    if (size != bytes || !found.equals(sha256)) {
      throw new CliException(
          ExitCode.FAILED,
          "%s: expected the %d bytes with SHA-256 %s that the first machine offered, found %s; leave its files alone while it trains, and begin again"
              .formatted(this, bytes, sha256, size > bytes ? "more" : size + ", " + found));
    }
  }

  /** Its names, for people. */
  @Override
  public String toString() {
    return Text.printable(String.join(", ", names));
  }
}
