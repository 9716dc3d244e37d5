package io.greenformers.service.upload;

import io.greenformers.service.artifact.StoredArtifact;
import java.time.Instant;
import java.util.Optional;

/**
 * A resumable upload.
 *
 * @param bytes how many there will be
 * @param metadata {@code Upload-Metadata} as it was sent
 * @param stored what became of it, once all bytes have come
 */
record Upload(
    String id,
    long bytes,
    Optional<String> metadata,
    Optional<StoredArtifact> stored,
    Instant expires) {}
