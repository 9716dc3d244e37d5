package io.greenformers.service.access;

import io.greenformers.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * What only its owner knows: 256 random bits in base64url, of which a SHA-256 is kept.
 *
 * <p>Guessing 256 random bits is hopeless, so a slow hash would slow down nobody but ourselves.
 */
final class Secret {
  /** What a secret looks like. */
  static final String FORM = "[A-Za-z0-9_-]{43}";

  private static final int BYTES = 32;

  private Secret() {}

  static String random(RandomGenerator random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /** What is kept of a text with a secret in it: 64 hex digits. */
  static String hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return HexFormat.of().formatHex(Sha256.start().digest(bytes));
  }
}
