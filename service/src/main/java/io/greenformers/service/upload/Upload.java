package io.greenformers.service.upload;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import java.time.Instant;
import java.util.Optional;

/**
 * A resumable upload.
 *
 * @param tenant whose it is; for others it is not there
 * @param bytes how many there will be
 * @param metadata {@code Upload-Metadata} as it was sent
 * @param stored what became of it, once all bytes have come
 */
record Upload(
    Tenant tenant,
    String id,
    long bytes,
    Optional<String> metadata,
    Optional<StoredArtifact> stored,
    Instant expires) {}
