package io.greenformers.service.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is let in, as {@code greenformers.access.*}.
 *
 * @param login whether callers must have an API key or a token; without it the service serves this
 *     machine only
 * @param issuer the OpenID Connect issuer whose tokens are accepted beside API keys
 * @param audience what tokens must be meant for; needed with an issuer
 * @param tenantClaim the claim of a token that names its tenant
 */
@ConfigurationProperties("greenformers.access")
record AccessSettings(
    boolean login,
    @Nullable String issuer,
    @Nullable String audience,
    @DefaultValue("tenant") String tenantClaim) {

  AccessSettings {
    if (issuer != null && (!login || audience == null)) {
      throw new IllegalArgumentException(
          "greenformers.access.issuer: expected greenformers.access.login=true and "
              + "greenformers.access.audience beside it; without an audience, a token for any "
              + "other service of the issuer would be let in");
    }
  }

  /** The issuer and its audience, where there is one. */
  record Issuer(String uri, String audience) {}

  Optional<Issuer> issuerIfAny() {
    return issuer == null || audience == null
        ? Optional.empty()
        : Optional.of(new Issuer(issuer, audience));
  }
}
