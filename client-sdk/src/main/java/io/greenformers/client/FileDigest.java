package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A file as it was when it was read.
 *
 * @param hex the SHA-256 of its bytes, lower-case
 */
record FileDigest(Path file, long bytes, String hex) {

  /** Reads a file to its end. */
  static FileDigest of(Path file) throws IOException {
    MessageDigest digest = sha256();
    long bytes = 0;
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      byte[] buffer = new byte[1 << 18];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes += read;
      }
    }
    return new FileDigest(file, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** As a {@code Content-Digest} (RFC 9530). */
  String header() {
    return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)) + ":";
  }

  /**
   * Compares it with what the service has.
   *
   * @throws InvalidDataException if that is something else
   */
  void requireIs(String found) {
    if (!found.equals(hex)) {
      throw new InvalidDataException(
          "%s: expected the service to have bytes with SHA-256 %s, found %s; upload it again, and do not change it meanwhile"
              .formatted(file, hex, found));
    }
  }
}
