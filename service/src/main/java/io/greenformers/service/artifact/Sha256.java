package io.greenformers.service.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as artifacts are named by it: lower-case hex. */
public final class Sha256 {
  private Sha256() {}

  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = start();
    byte[] buffer = new byte[WholeBlocks.BLOCK];
    try (InputStream in = Files.newInputStream(file)) {
      while (FileThreads.run(() -> update(digest, in, buffer)) >= 0) {
        // one more block
      }
    }
    return hex(digest);
  }

  private static int update(MessageDigest digest, InputStream in, byte[] buffer)
      throws IOException {
    int n = in.read(buffer);
    digest.update(buffer, 0, Math.max(0, n));
    return n;
  }
}
