package io.greenformers.service.access;

import io.greenformers.service.Tenant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The keys of all tenants. A key that was revoked is refused from then on, everywhere. */
@Repository
class ApiKeys {
  private final JdbcClient jdbc;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  ApiKeys(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A key just made.
   *
   * @param token the secret, which is not kept
   */
  record Issued(ApiKey key, KeyToken token) {}

  Issued create(KeyRequest request) {
    KeyToken token = KeyToken.random(random);
    Instant now = now();
    ApiKey key =
        new ApiKey(
            token.id(),
            request.tenant(),
            request.name(),
            request.scopes(),
            now,
            now.plus(request.validFor()),
            Optional.empty());
    jdbc.sql(
            """
            insert into api_key (id, tenant, name, scopes, hash, created_at, expires_at)
            values (?, ?, ?, ?, ?, ?, ?)\
            """)
        .params(
            key.id(),
            key.tenant().name(),
            key.name(),
            key.scopes().stream().map(Scope::text).sorted().collect(Collectors.joining(",")),
            token.hash(),
            time(key.created()),
            time(key.expires()))
        .update();
    return new Issued(key, token);
  }

  /** All keys, also those that are valid no more, oldest first. */
  List<ApiKey> list() {
    return jdbc.sql("select * from api_key order by created_at, id")
        .query((row, n) -> read(row))
        .list();
  }

  /**
   * Makes a key invalid, for good.
   *
   * @return the key, also if it was revoked before
   * @throws AccessException if there is none
   */
  ApiKey revoke(String id) {
    jdbc.sql("update api_key set revoked_at = ? where id = ? and revoked_at is null")
        .params(time(now()), id)
        .update();
    return jdbc.sql("select * from api_key where id = ?")
        .param(id)
        .query((row, n) -> read(row))
        .optional()
        .orElseThrow(AccessException::keyNotFound);
  }

  /** Who sends this key; empty if it is not, not yet or no more valid. */
  Optional<Caller> caller(KeyToken token) {
    return jdbc.sql("select * from api_key where id = ?")
        .param(token.id())
        .query((row, n) -> isOf(token, row.getString("hash")) ? Optional.of(read(row)) : none())
        .optional()
        .flatMap(key -> key)
        .filter(key -> key.isValid(clock.instant()))
        .map(ApiKey::caller);
  }

  private static Optional<ApiKey> none() {
    return Optional.empty();
  }

  /** Takes as long whether or not they are alike. */
  private static boolean isOf(KeyToken token, String hash) {
    return MessageDigest.isEqual(
        token.hash().getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  static ApiKey read(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        new Tenant(row.getString("tenant")),
        row.getString("name"),
        scopes(row.getString("scopes")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
        Optional.ofNullable(row.getObject("revoked_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant));
  }

  /** A scope that only a newer version knows allows nothing here. */
  private static Set<Scope> scopes(String text) {
    return Arrays.stream(text.split(","))
        .flatMap(scope -> Scope.of(scope).stream())
        .collect(Collectors.toSet());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
