package io.greenformers.service.access;

import java.util.Optional;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.stereotype.Component;

/** Finds out who sends a bearer token: an API key of ours, or a token of the issuer. */
@Component
final class BearerCallers implements AuthenticationManager {
  private final ApiKeys keys;
  private final Optional<IssuedTokens> tokens;

  BearerCallers(ApiKeys keys, AccessSettings settings) {
    this.keys = keys;
    this.tokens = settings.issuerIfAny().map(i -> new IssuedTokens(i, settings.tenantClaim()));
  }

  /** Unknown, malformed, expired and revoked look the same to a caller. */
  @Override
  public Authentication authenticate(Authentication request) throws AuthenticationException {
    String text = ((BearerTokenAuthenticationToken) request).getToken();
    return (KeyToken.isMeant(text)
            ? KeyToken.of(text).flatMap(keys::caller)
            : tokens.flatMap(t -> t.caller(text)))
        .map(CallerAuthentication::new)
        .orElseThrow(() -> new InvalidBearerTokenException("not valid"));
  }
}
