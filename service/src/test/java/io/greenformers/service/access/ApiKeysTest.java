package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.Tenant;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

final class ApiKeysTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final KeyRequest REQUEST =
      new KeyRequest(new Tenant("search"), "ci", Set.of(Scope.READ), DAY);

  private final JdbcClient jdbc;
  private final ApiKeys keys;

  ApiKeysTest(@TempDir Path directory) {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl(
        "jdbc:h2:file:%s/test;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE".formatted(directory));
    Flyway.configure().dataSource(database).load().migrate();
    this.jdbc = JdbcClient.create(database);
    this.keys = at(NOW);
  }

  private ApiKeys at(Instant now) {
    return new ApiKeys(jdbc, Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void aKeySaysWhoCalls() {
    ApiKeys.Issued issued = keys.create(REQUEST);
    assertThat(keys.caller(issued.token()))
        .contains(new Caller("key:" + issued.key().id(), new Tenant("search"), Set.of(Scope.READ)));
    assertThat(keys.list()).containsExactly(issued.key());
  }

  @Test
  void itsSecretIsNotKept() {
    String secret = keys.create(REQUEST).token().secret();
    assertThat(jdbc.sql("select * from api_key").query().singleRow().toString())
        .doesNotContain(secret)
        .doesNotContain(secret.substring(secret.length() - 43));
  }

  @Test
  void anotherSecretWithTheSameIdIsRefused() {
    KeyToken made = keys.create(REQUEST).token();
    String other = made.secret().substring(0, 16) + "A".repeat(43);
    assertThat(keys.caller(KeyToken.of(other).orElseThrow())).isEmpty();
  }

  @Test
  void isInvalidFromItsExpiryOn() {
    KeyToken token = keys.create(REQUEST).token();
    assertThat(at(NOW.plus(DAY).minusMillis(1)).caller(token)).isPresent();
    assertThat(at(NOW.plus(DAY)).caller(token)).isEmpty();
  }

  @Test
  void isInvalidOnceRevokedAndStaysSo() {
    ApiKeys.Issued issued = keys.create(REQUEST);
    assertThat(keys.revoke(issued.key().id()).revoked()).contains(NOW);
    assertThat(keys.caller(issued.token())).isEmpty();
    assertThat(at(NOW.plusSeconds(9)).revoke(issued.key().id()).revoked()).contains(NOW);
  }

  @Test
  void onlyKeysThatAreThereCanBeRevoked() {
    assertThatThrownBy(() -> keys.revoke("000000000000")).isInstanceOf(AccessException.class);
  }

  @Test
  void aScopeOfANewerVersionAllowsNothing() {
    ApiKeys.Issued issued = keys.create(REQUEST);
    jdbc.sql("update api_key set scopes = 'read,everything'").update();
    assertThat(keys.caller(issued.token()).orElseThrow().scopes()).containsExactly(Scope.READ);
  }

  @Test
  void saysWhatIsWrongWithARequest() {
    assertThatThrownBy(() -> KeyRequest.of("a tenant", "ci", "read", DAY))
        .hasMessageContaining("tenant");
    assertThatThrownBy(() -> KeyRequest.of("a", "\n", "read", DAY)).hasMessageContaining("name");
    assertThatThrownBy(() -> KeyRequest.of("a", "ci", "all", DAY)).hasMessageContaining("scopes");
    assertThatThrownBy(() -> KeyRequest.of("a", "ci", "read", Duration.ofDays(9999)))
        .hasMessageContaining("expiresIn");
  }
}
