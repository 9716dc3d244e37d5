package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
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
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Which part of a work directory belongs to a request: the one named by its hash. */
final class KeptWork {
  private static final String PREFIX = "sites-";
  private static final int NAME_BYTES = 16;
  private static final int CHUNK_BYTES = 1 << 20;

  private KeptWork() {}

  /**
   * The directory of a request and the content of its model, created; those of others are deleted,
   * so that the whole never takes more than one request's factors.
   */
  static Path directory(Path work, StageRequest request, OnnxModel model) {
    Path own = work.resolve(PREFIX + name(request, model));
    try {
      Files.createDirectories(own);
      try (Stream<Path> all = Files.list(work)) {
        for (Path other : all.filter(p -> isOther(p, own)).toList()) {
          delete(other);
        }
      }
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOther(Path path, Path own) {
    return path.getFileName().toString().startsWith(PREFIX) && !path.equals(own);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static String name(StageRequest request, OnnxModel model) {
    MessageDigest digest = sha256();
    digest.update(RequestDocument.toJson(request.request()).getBytes(StandardCharsets.UTF_8));
    List<String> files = new ArrayList<>(List.of(StageFiles.MODEL));
    files.addAll(model.externalFiles());
    for (String file : files) {
      digest.update(file.getBytes(StandardCharsets.UTF_8));
      add(Objects.requireNonNull(request.artifacts().get("original/" + file), file), digest);
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

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
