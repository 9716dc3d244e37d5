package io.greenformers.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Downloads that are whole or not there. Bytes gather in a hidden file beside the target, named by
 * the artifact's digest, and stay there when a download breaks off: the next one, in this process
 * or another, asks for the rest only.
 */
record Downloads(Http http) {
  private static final int PARTIAL_CONTENT = 206;

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
    Path partial =
        target.resolveSibling(
            ".%s.%s.partial".formatted(target.getFileName(), artifact.sha256().substring(0, 16)));
    try {
      Files.createDirectories(target.toAbsolutePath().resolveSibling(""));
      try (PartialFile file = PartialFile.open(partial, artifact.bytes())) {
        fill(file, artifact, target);
        file.force();
      }
      return Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GreenformersIoException("%s: the download failed: %s".formatted(target, e), e);
    }
  }

  private void fill(PartialFile file, Artifact artifact, Path target) throws IOException {
    try {
      tell(artifact, target, file.bytes());
      if (file.bytes() < artifact.bytes()) {
        fetch(file, artifact, target);
      }
      check(artifact, file.sha256());
      tell(artifact, target, artifact.bytes());
    } catch (InvalidDataException e) {
      file.delete();
      throw e;
    }
  }

  /** A connection that breaks while bytes flow is tried again; those that came count. */
  private void fetch(PartialFile file, Artifact artifact, Path target) throws IOException {
    int failures = 0;
    while (true) {
      long before = file.bytes();
      HttpRequest request = rest(artifact, before);
      try (Answer answer = http.stream(request)) {
        if (!isRestFrom(answer, before)) {
          file.restart();
        }
        file.append(answer.body(), artifact.bytes(), bytes -> tell(artifact, target, bytes));
        return;
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw GreenformersIoException.interrupted();
        }
        failures = file.bytes() > before ? 1 : failures + 1;
        if (!http.retries().goOn(failures, Optional.empty())) {
          throw e;
        }
        http.pause(request, failures, Optional.empty());
      }
    }
  }

  /** The rest of these very bytes: whatever else is there now comes whole. */
  private HttpRequest rest(Artifact artifact, long from) {
    HttpRequest.Builder request = http.to(artifact.href());
    if (from > 0) {
      request.header("Range", "bytes=%d-".formatted(from));
      request.header("If-Range", "\"" + artifact.sha256() + "\"");
    }
    return request.build();
  }

  private static boolean isRestFrom(Answer answer, long from) {
    return answer.status() == PARTIAL_CONTENT
        && answer
            .header("Content-Range")
            .filter(range -> range.startsWith("bytes %d-".formatted(from)))
            .isPresent();
  }

  private void tell(Artifact artifact, Path target, long bytes) {
    http.settings()
        .transfers()
        .moved(new Transfer(Transfer.Direction.DOWNLOAD, target, bytes, artifact.bytes()));
  }

  private static void check(Artifact artifact, String found) {
    if (!found.equals(artifact.sha256())) {
      throw new InvalidDataException(
          "%s: expected bytes with SHA-256 %s, found %s; download it again"
              .formatted(artifact.name(), artifact.sha256(), found));
    }
  }
}
