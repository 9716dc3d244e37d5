package io.greenformers.service.artifact;

import io.greenformers.service.artifact.UploadException.Fault;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a sender says the SHA-256 of its bytes is (RFC 9530, {@code Content-Digest}).
 *
 * @param sha256 lower-case hex
 */
public record ContentDigest(String sha256) {
  private static final Pattern SHA_256 =
      Pattern.compile("(?:^|,)\\s*sha-256\\s*=\\s*:([A-Za-z0-9+/=]*):\\s*(?:;[^,]*)?(?:,|$)");

  /**
   * Reads the header.
   *
   * @return empty without a header, or with algorithms other than SHA-256 only
   * @throws UploadException if it holds a SHA-256 that is none
   */
  public static Optional<ContentDigest> ofHeader(@Nullable String header) {
    if (header == null || !header.contains("sha-256")) {
      return Optional.empty();
    }
    Matcher matcher = SHA_256.matcher(header);
    if (!matcher.find()) {
      throw invalid();
    }
    try {
      byte[] digest = Base64.getDecoder().decode(matcher.group(1));
      if (digest.length != 32) {
        throw invalid();
      }
      return Optional.of(new ContentDigest(HexFormat.of().formatHex(digest)));
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
  }

  private static UploadException invalid() {
    return new UploadException(
        Fault.DIGEST_INVALID,
        "Content-Digest: expected sha-256=:BASE64: with the 32 bytes of a SHA-256 (RFC 9530)");
  }
}
