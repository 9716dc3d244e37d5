package io.greenformers.service.access;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Browsers that signed in with an API key. Until they sign out, and as long as the key is valid,
 * they act as the key does; every process of the service knows them.
 */
@Repository
public class BrowserSessions {
  private static final Duration LONGEST = Duration.ofHours(12);

  private final JdbcClient jdbc;
  private final ApiKeys keys;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  BrowserSessions(JdbcClient jdbc, ApiKeys keys, Clock clock) {
    this.jdbc = jdbc;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * A browser that has just signed in.
   *
   * @param secret for its cookie, and nowhere else
   * @param lasts at most so long
   */
  public record Opened(String secret, Duration lasts, Caller caller) {
    /** Without the secret, so that it cannot come into a log by accident. */
    @Override
    public String toString() {
      return "a session of " + caller.name();
    }
  }

  /**
   * Signs a browser in; empty if the text is no valid key.
   *
   * @param key as its owner pastes it
   */
  public Optional<Opened> open(String key) {
    return KeyToken.of(key.strip()).flatMap(token -> keys.caller(token).map(c -> open(token, c)));
  }

  private Opened open(KeyToken key, Caller caller) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    String secret = Secret.random(random);
    jdbc.sql("delete from browser_session where expires_at < ?").param(time(now)).update();
    jdbc.sql("insert into browser_session (hash, key_id, expires_at) values (?, ?, ?)")
        .params(Secret.hash(secret), key.id(), time(now.plus(LONGEST)))
        .update();
    return new Opened(secret, LONGEST, caller);
  }

  /** Signs a browser out, everywhere and at once. */
  public void close(String secret) {
    jdbc.sql("delete from browser_session where hash = ?").param(Secret.hash(secret)).update();
  }

  /** As whom a browser acts; empty if it is not signed in, or its key is valid no more. */
  Optional<Caller> caller(String secret) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            select k.* from browser_session s join api_key k on k.id = s.key_id
            where s.hash = ? and s.expires_at > ?\
            """)
        .params(Secret.hash(secret), time(now.truncatedTo(ChronoUnit.MICROS)))
        .query((row, n) -> ApiKeys.read(row))
        .optional()
        .filter(key -> key.isValid(now))
        .map(ApiKey::caller);
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
