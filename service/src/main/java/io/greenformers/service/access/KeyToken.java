package io.greenformers.service.access;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a key, as callers send it: {@code gf_}, 12 hex digits that recognise it, {@code _},
 * and a {@link Secret}.
 */
final class KeyToken {
  private static final Pattern FORM = Pattern.compile("gf_([0-9a-f]{12})_" + Secret.FORM);
  private static final int ID_BYTES = 6;

  private final String id;
  private final String text;

  private KeyToken(String id, String text) {
    this.id = id;
    this.text = text;
  }

  /** A new one. */
  static KeyToken random(RandomGenerator random) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    String hex = HexFormat.of().formatHex(id);
    return new KeyToken(hex, "gf_" + hex + "_" + Secret.random(random));
  }

  /** Reads one; empty if the text has another form. */
  static Optional<KeyToken> of(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches() ? Optional.of(new KeyToken(matcher.group(1), text)) : Optional.empty();
  }

  /** Whether a text is meant to be a key, and not a token of an issuer. */
  static boolean isMeant(String text) {
    return text.startsWith("gf_");
  }

  String id() {
    return id;
  }

  /** What is kept of it: 64 hex digits. */
  String hash() {
    return Secret.hash(text);
  }

  /** The text itself: to be shown once, to its owner. */
  String secret() {
    return text;
  }

  /** Without the secret, so that it cannot come into a log by accident. */
  @Override
  public String toString() {
    return "gf_" + id + "_…";
  }
}
