package io.greenformers.engine;

import io.greenformers.protocol.Sha256;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Which part of a work directory belongs to a request and its models: the one named by their hash.
 */
final class KeptWork {
  private static final int NAME_BYTES = 16;
  private static final int CHUNK_BYTES = 1 << 20;

  private KeptWork() {}

  /**
   * The directory of a request and the content of some artifacts, created; those of others are
   * deleted, so that the whole never takes more than what one request keeps.
   */
  static Path directory(Path work, StageRequest request, List<String> artifacts) {
    Path own = work.resolve(name(request, artifacts));
    try {
      Files.createDirectories(own);
      try (Stream<Path> all = Files.list(work)) {
        for (Path other : all.filter(p -> Files.isDirectory(p) && !p.equals(own)).toList()) {
          delete(other);
        }
      }
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static String name(StageRequest request, List<String> artifacts) {
    MessageDigest digest = Sha256.start();
    digest.update(RequestDocument.toJson(request.request()).getBytes(StandardCharsets.UTF_8));
    for (String name : artifacts) {
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      add(Objects.requireNonNull(request.artifacts().get(name), name), digest);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
  }

  private static void add(Path file, MessageDigest digest) {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(channel.size()).flip());
      while (channel.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
