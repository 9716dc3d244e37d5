package io.greenformers.service.access;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A caller who is let in, as Spring Security knows them. */
final class CallerAuthentication extends AbstractAuthenticationToken {
  private final transient Caller caller;

  CallerAuthentication(Caller caller) {
    super(authorities(caller.scopes()));
    this.caller = caller;
    setAuthenticated(true);
  }

  static Collection<GrantedAuthority> authorities(Set<Scope> scopes) {
    return scopes.stream()
        .map(scope -> new SimpleGrantedAuthority(authority(scope)))
        .collect(Collectors.toUnmodifiableSet());
  }

  static String authority(Scope scope) {
    return "SCOPE_" + scope.text();
  }

  @Override
  public Caller getPrincipal() {
    return caller;
  }

  /** What was sent is not kept. */
  @Override
  public Object getCredentials() {
    return "";
  }
}
