package io.greenformers.service.access;

import io.greenformers.service.Tenant;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a new key shall be.
 *
 * @param name 1 to 100 printable characters, for people
 * @param scopes at least one
 * @param validFor at most ten years
 */
record KeyRequest(Tenant tenant, String name, Set<Scope> scopes, Duration validFor) {
  private static final Duration LONGEST = Duration.ofDays(3653);

  KeyRequest {
    scopes = Set.copyOf(scopes);
    if (name.isBlank() || name.length() > 100 || name.matches(".*\\p{C}.*")) {
      throw AccessException.keyInvalid("name: expected 1 to 100 printable characters");
    }
    if (scopes.isEmpty()) {
      throw AccessException.keyInvalid("scopes: expected at least one of read, write, admin");
    }
    if (!validFor.isPositive() || validFor.compareTo(LONGEST) > 0) {
      throw AccessException.keyInvalid("expiresIn: expected at most ten years, as PT1H or P90D");
    }
  }

  /**
   * Reads what people write.
   *
   * @param scopes separated by commas
   * @throws AccessException if anything is not as expected
   */
  static KeyRequest of(String tenant, String name, String scopes, Duration validFor) {
    if (!Tenant.isName(tenant)) {
      throw AccessException.keyInvalid(
          "tenant: expected 1 to 64 letters, digits and '._-', the first a letter or digit");
    }
    return new KeyRequest(
        new Tenant(tenant),
        name,
        Arrays.stream(scopes.split(",")).map(KeyRequest::scope).collect(Collectors.toSet()),
        validFor);
  }

  private static Scope scope(String text) {
    return Scope.of(text.strip())
        .orElseThrow(() -> AccessException.keyInvalid("scopes: expected read, write or admin"));
  }
}
