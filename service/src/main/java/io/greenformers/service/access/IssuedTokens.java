package io.greenformers.service.access;

import io.greenformers.service.Tenant;
import io.greenformers.service.access.AccessSettings.Issuer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;

/**
 * Tokens (JWT) of an OpenID Connect issuer: signature, issuer, audience and times are checked. The
 * issuer is asked for its keys when the first token comes, so a service starts without it.
 */
final class IssuedTokens {
  private static final Logger LOG = LoggerFactory.getLogger(IssuedTokens.class);

  private final JwtDecoder decoder;
  private final String tenantClaim;

  IssuedTokens(Issuer issuer, String tenantClaim) {
    this.decoder = new SupplierJwtDecoder(() -> decoder(issuer));
    this.tenantClaim = tenantClaim;
  }

  private static JwtDecoder decoder(Issuer issuer) {
    NimbusJwtDecoder decoder = JwtDecoders.fromIssuerLocation(issuer.uri());
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer(issuer.uri()),
            new JwtClaimValidator<@Nullable Collection<String>>(
                "aud", audiences -> audiences != null && audiences.contains(issuer.audience()))));
    return decoder;
  }

  /** Who sends this token; empty if it is not valid, or names no tenant. */
  Optional<Caller> caller(String text) {
    try {
      return caller(decoder.decode(text));
    } catch (BadJwtException e) {
      return Optional.empty();
    } catch (JwtException | JwtDecoderInitializationException e) {
      // neither the token's fault nor the caller's
      LOG.error("the issuer's keys could not be had: {}", e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private Optional<Caller> caller(Jwt token) {
    String tenant = token.getClaimAsString(tenantClaim);
    return tenant == null || !Tenant.isName(tenant)
        ? Optional.empty()
        : Optional.of(
            new Caller(
                "jwt:" + Objects.requireNonNullElse(token.getSubject(), ""),
                new Tenant(tenant),
                scopes(token)));
  }

  /** {@code scope} as RFC 9068 has it, or a list {@code scp}. */
  private static Set<Scope> scopes(Jwt token) {
    String scope = token.getClaim("scope") instanceof String text ? text : "";
    Collection<String> scp =
        token.getClaim("scp") instanceof Collection<?> ? token.getClaimAsStringList("scp") : null;
    return Stream.concat(Arrays.stream(scope.split(" ")), scp == null ? Stream.of() : scp.stream())
        .flatMap(text -> Scope.of(text).stream())
        .collect(Collectors.toSet());
  }
}
