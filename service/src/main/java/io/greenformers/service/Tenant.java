package io.greenformers.service;

import java.util.regex.Pattern;

/**
 * Whose models, datasets and compressions are whose. What belongs to another tenant is not there.
 *
 * @param name 1 to 64 letters, digits and {@code . _ -}, the first a letter or digit
 */
public record Tenant(String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Owns everything where nobody logs in. */
  public static final Tenant DEFAULT = new Tenant("default");

  public Tenant {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a tenant: expected 1 to 64 letters, digits and '._-', the first a letter or digit");
    }
  }

  /** Whether a tenant may be called so. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  @Override
  public String toString() {
    return name;
  }
}
