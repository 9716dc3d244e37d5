package io.greenformers.service.access;

import static io.greenformers.service.access.TestIssuer.AUDIENCE;
import static io.greenformers.service.access.TestIssuer.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.Tenant;
import io.greenformers.service.access.AccessSettings.Issuer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class IssuedTokensTest {
  private static TestIssuer issuer;
  private static IssuedTokens tokens;

  @BeforeAll
  static void start() throws Exception {
    issuer = TestIssuer.start();
    tokens = new IssuedTokens(new Issuer(issuer.url(), AUDIENCE), "tenant");
  }

  @AfterAll
  static void stop() {
    issuer.close();
  }

  @Test
  void tenantAndScopesAreClaims() throws Exception {
    assertThat(tokens.caller(issuer.token(c -> c)))
        .contains(new Caller("jwt:someone", new Tenant("search"), Set.of(Scope.READ, Scope.WRITE)));
  }

  @Test
  void scopesMayBeAList() throws Exception {
    assertThat(
            tokens.caller(
                issuer.token(c -> c.claim("scope", null).claim("scp", List.of("read", "all")))))
        .get()
        .extracting(Caller::scopes)
        .isEqualTo(Set.of(Scope.READ));
  }

  @Test
  void theClaimOfTheTenantIsConfigurable() throws Exception {
    IssuedTokens others = new IssuedTokens(new Issuer(issuer.url(), AUDIENCE), "org");
    assertThat(others.caller(issuer.token(c -> c.claim("org", "ranking"))))
        .get()
        .extracting(Caller::tenant)
        .isEqualTo(new Tenant("ranking"));
  }

  @Test
  void whatIsNotForUsIsNotLetIn() throws Exception {
    Duration past = Duration.ofMinutes(-5);
    assertThat(tokens.caller(issuer.token(c -> c.audience("other")))).isEmpty();
    assertThat(tokens.caller(issuer.token(c -> c.audience(List.of())))).isEmpty();
    assertThat(tokens.caller(issuer.token(c -> c.issuer("http://evil.example")))).isEmpty();
    assertThat(tokens.caller(issuer.token(c -> c.expirationTime(in(past))))).isEmpty();
    assertThat(tokens.caller(issuer.token(c -> c.notBeforeTime(in(past.negated()))))).isEmpty();
    assertThat(tokens.caller(issuer.token(TestIssuer.key(), c -> c))).isEmpty();
    assertThat(tokens.caller("no.token.atall")).isEmpty();
  }

  @Test
  void withoutATenantNobodyIsLetIn() throws Exception {
    assertThat(tokens.caller(issuer.token(c -> c.claim("tenant", null)))).isEmpty();
    assertThat(tokens.caller(issuer.token(c -> c.claim("tenant", "no name")))).isEmpty();
  }

  @Test
  void anIssuerThatDoesNotAnswerLetsNobodyIn() throws Exception {
    IssuedTokens unreachable =
        new IssuedTokens(new Issuer("http://127.0.0.1:1", AUDIENCE), "tenant");
    assertThat(unreachable.caller(issuer.token(c -> c))).isEmpty();
  }
}
