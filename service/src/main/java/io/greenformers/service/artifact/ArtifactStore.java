package io.greenformers.service.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Keeps artifacts by the SHA-256 of their bytes. What is visible is whole. Thread-safe. */
public interface ArtifactStore {

  /**
   * Streams bytes into the store.
   *
   * @param announcedBytes how many will come, where the sender says so; else negative
   * @param expected what their digest must be, where the sender says so
   * @throws UploadException if they are too many, do not fit, are none, or have another digest
   */
  StoredArtifact put(InputStream bytes, long announcedBytes, Optional<ContentDigest> expected);

  /** The name that a file would have in the store: the SHA-256 of its bytes. */
  default String sha256(Path file) {
    try {
      return FileThreads.sha256(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes a finished file of the same machine into the store; the file is gone from its place. */
  StoredArtifact take(Path file);

  /**
   * A local file with the artifact's bytes, verified against their SHA-256; to be read only.
   *
   * @throws ArtifactException if it is not there or its bytes have changed
   */
  Path file(StoredArtifact artifact);
}
