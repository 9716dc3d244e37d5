package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.greenformers.service.Tenant;
import io.greenformers.service.access.AccessSettings.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens of a real issuer: its discovery document and keys over HTTP. */
final class IssuedTokensTest {
  private static final String AUDIENCE = "greenformers";

  private static HttpServer server;
  private static String url;
  private static RSAKey key;
  private static RSAKey otherKey;
  private static IssuedTokens tokens;

  @BeforeAll
  static void start() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("1").generate();
    otherKey = new RSAKeyGenerator(2048).keyID("1").generate();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
    answer(
        "/.well-known/openid-configuration",
        """
        {"issuer": "%s", "jwks_uri": "%s/keys", "subject_types_supported": ["public"]}
        """
            .formatted(url, url));
    answer("/keys", new JWKSet(key.toPublicJWK()).toString());
    server.start();
    tokens = new IssuedTokens(new Issuer(url, AUDIENCE), "tenant");
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static void answer(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private static String token(RSAKey signer, UnaryOperator<JWTClaimsSet.Builder> change) {
    JWTClaimsSet claims =
        change
            .apply(
                new JWTClaimsSet.Builder()
                    .issuer(url)
                    .audience(List.of("other", AUDIENCE))
                    .subject("someone")
                    .expirationTime(in(Duration.ofMinutes(5)))
                    .claim("tenant", "search")
                    .claim("scope", "openid read write"))
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(), claims);
    try {
      token.sign(new RSASSASigner(signer));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  private static Date in(Duration time) {
    return Date.from(Instant.now().plus(time));
  }

  @Test
  void tenantAndScopesAreClaims() {
    assertThat(tokens.caller(token(key, c -> c)))
        .contains(new Caller("jwt:someone", new Tenant("search"), Set.of(Scope.READ, Scope.WRITE)));
  }

  @Test
  void scopesMayBeAList() {
    assertThat(tokens.caller(token(key, c -> c.claim("scope", null).claim("scp", List.of("read")))))
        .get()
        .extracting(Caller::scopes)
        .isEqualTo(Set.of(Scope.READ));
  }

  @Test
  void theClaimOfTheTenantIsConfigurable() {
    IssuedTokens others = new IssuedTokens(new Issuer(url, AUDIENCE), "org");
    assertThat(others.caller(token(key, c -> c.claim("org", "ranking"))))
        .get()
        .extracting(Caller::tenant)
        .isEqualTo(new Tenant("ranking"));
  }

  @Test
  void whatIsNotForUsIsNotLetIn() {
    assertThat(tokens.caller(token(key, c -> c.audience("other")))).isEmpty();
    assertThat(tokens.caller(token(key, c -> c.audience((String) null)))).isEmpty();
    assertThat(tokens.caller(token(key, c -> c.issuer("http://evil.example")))).isEmpty();
    assertThat(tokens.caller(token(key, c -> c.expirationTime(in(Duration.ofMinutes(-5))))))
        .isEmpty();
    assertThat(tokens.caller(token(key, c -> c.notBeforeTime(in(Duration.ofMinutes(5))))))
        .isEmpty();
    assertThat(tokens.caller(token(otherKey, c -> c))).isEmpty();
    assertThat(tokens.caller("no.token.atall")).isEmpty();
  }

  @Test
  void withoutATenantNobodyIsLetIn() {
    assertThat(tokens.caller(token(key, c -> c.claim("tenant", null)))).isEmpty();
    assertThat(tokens.caller(token(key, c -> c.claim("tenant", "no tenant's name")))).isEmpty();
  }

  @Test
  void anIssuerThatDoesNotAnswerLetsNobodyIn() throws IOException {
    IssuedTokens unreachable =
        new IssuedTokens(new Issuer("http://127.0.0.1:1", AUDIENCE), "tenant");
    assertThat(unreachable.caller(token(key, c -> c))).isEmpty();
  }
}
