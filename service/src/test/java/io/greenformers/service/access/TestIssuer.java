package io.greenformers.service.access;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;

/** An OpenID Connect issuer: its discovery document and keys over HTTP, and tokens. */
final class TestIssuer implements AutoCloseable {
  static final String AUDIENCE = "greenformers";
  private static final int RSA_BITS = 2048;

  private final HttpServer server;
  private final RSAKey key;

  private TestIssuer(HttpServer server, RSAKey key) {
    this.server = server;
    this.key = key;
  }

  static TestIssuer start() throws IOException, JOSEException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestIssuer issuer = new TestIssuer(server, key());
    issuer.answer(
        "/.well-known/openid-configuration",
        """
        {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "subject_types_supported": ["public"]}
        """
            .formatted(issuer.url()));
    issuer.answer("/keys", new JWKSet(issuer.key.toPublicJWK()).toString());
    server.start();
    return issuer;
  }

  /** A new key, with the id of all others. */
  static RSAKey key() throws JOSEException {
    return new RSAKeyGenerator(RSA_BITS).keyID("1").generate();
  }

  private void answer(String path, String json) {
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

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A token for someone of the tenant {@code search} who may read and write, but for a change. */
  String token(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return token(key, change);
  }

  String token(RSAKey signer, UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(url())
            .audience(List.of("other", AUDIENCE))
            .subject("someone")
            .expirationTime(in(Duration.ofMinutes(5)))
            .claim("tenant", "search")
            .claim("scope", "openid read write");
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build(),
            change.apply(claims).build());
    token.sign(new RSASSASigner(signer));
    return token.serialize();
  }

  static Date in(Duration time) {
    return Date.from(Instant.now().plus(time));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
