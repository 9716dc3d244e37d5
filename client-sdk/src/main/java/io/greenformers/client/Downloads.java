package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

/** Downloads that are whole or not there. */
record Downloads(Http http, Duration timeout) {

  /**
   * Where an artifact goes.
   *
   * @throws InvalidDataException if its name would lead out of the directory
   */
  static Path place(Path directory, String name) {
    Path place = directory.resolve(name).normalize();
    if (!place.startsWith(directory.normalize()) || place.equals(directory.normalize())) {
      throw new InvalidDataException(
          "an artifact's name: expected a file's, found '%s'".formatted(name));
    }
    return place;
  }

  Path download(Artifact artifact, Path target) {
    HttpRequest request = http.to(artifact.href()).timeout(timeout).build();
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    try {
      Files.createDirectories(target.toAbsolutePath().resolveSibling(""));
      copy(request, artifact, partial);
      return Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GreenformersIoException("%s: the download failed: %s".formatted(target, e), e);
    } finally {
      delete(partial);
    }
  }

  /** A connection that breaks while bytes flow is tried again, like any other. */
  private void copy(HttpRequest request, Artifact artifact, Path partial) throws IOException {
    for (int tries = 1; ; tries++) {
      MessageDigest digest = Digests.sha256();
      InputStream answer = http.stream(request).body();
      try (InputStream body = new DigestInputStream(answer, digest)) {
        Files.copy(body, partial, StandardCopyOption.REPLACE_EXISTING);
        check(artifact, HexFormat.of().formatHex(digest.digest()));
        return;
      } catch (IOException e) {
        if (tries > http.retries().most()) {
          throw e;
        }
        http.pause(http.retries(), tries);
      }
    }
  }

  private static void check(Artifact artifact, String found) {
    if (!found.equals(artifact.sha256())) {
      throw new InvalidDataException(
          "%s: expected bytes with SHA-256 %s, found %s; download it again"
              .formatted(artifact.name(), artifact.sha256(), found));
    }
  }

  private static void delete(Path partial) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw new GreenformersIoException("%s: cannot be removed: %s".formatted(partial, e), e);
    }
  }
}
