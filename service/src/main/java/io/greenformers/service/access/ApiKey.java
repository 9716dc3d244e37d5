package io.greenformers.service.access;

import io.greenformers.service.Tenant;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key as it is kept: without its secret.
 *
 * @param id the part of the key by which it is recognised
 * @param name what its owner calls it
 * @param expires when it stops to be valid
 * @param revoked when it was revoked, if it was
 */
record ApiKey(
    String id,
    Tenant tenant,
    String name,
    Set<Scope> scopes,
    Instant created,
    Instant expires,
    Optional<Instant> revoked) {

  ApiKey {
    scopes = Set.copyOf(scopes);
  }

  boolean isValid(Instant now) {
    return revoked.isEmpty() && now.isBefore(expires);
  }

  Caller caller() {
    return new Caller("key:" + id, tenant, scopes);
  }
}
