package io.greenformers.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key to a service.
 *
 * @param id by which it is recognised: the key begins with {@code gf_} and this
 * @param tenant whom it acts for
 * @param name what people call it
 * @param scopes of {@code read}, {@code write}, {@code admin}
 * @param secret the key itself, only when it was just made
 */
public record ApiKey(
    String id,
    String tenant,
    String name,
    List<String> scopes,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> revokedAt,
    Optional<String> secret) {

  public ApiKey {
    scopes = List.copyOf(scopes);
  }

  /** Without the secret, so that it cannot come into a log by accident. */
  @Override
  public String toString() {
    return "ApiKey[gf_%s, tenant=%s, name=%s, scopes=%s, expiresAt=%s, revokedAt=%s]"
        .formatted(
            id, tenant, name, scopes, expiresAt, revokedAt.map(Instant::toString).orElse("-"));
  }
}
