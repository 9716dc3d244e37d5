package io.greenformers.service.upload;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    Instant expires) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * What the bytes will be, where the metadata say it with the key {@code sha256}: lower-case hex,
   * in Base64 as all values of metadata.
   */
  Optional<String> promised() {
    return metadata.stream()
        .flatMap(pairs -> Stream.of(pairs.split(",", -1)))
        .map(pair -> pair.strip().split(" ", 2))
        .filter(pair -> pair.length == 2 && pair[0].equals("sha256"))
        .map(pair -> decoded(pair[1]))
        .filter(value -> SHA256.matcher(value).matches())
        .findFirst();
  }

  private static String decoded(String value) {
    try {
      return new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
