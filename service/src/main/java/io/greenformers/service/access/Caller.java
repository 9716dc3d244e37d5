package io.greenformers.service.access;

import io.greenformers.service.Tenant;
import java.security.Principal;
import java.util.EnumSet;
import java.util.Set;

/**
 * Who sends a request.
 *
 * @param name what they proved to be: {@code key:} and a key's id, {@code jwt:} and a subject, or
 *     {@code local}
 * @param tenant whom they act for
 */
public record Caller(String name, Tenant tenant, Set<Scope> scopes) implements Principal {
  /** Everyone, where nobody logs in. */
  static final Caller LOCAL = new Caller("local", Tenant.DEFAULT, EnumSet.allOf(Scope.class));

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /** Whether they had to prove who they are. */
  public boolean isLoggedIn() {
    return !equals(LOCAL);
  }

  /** Whether they may do what this scope allows. */
  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  @Override
  public String getName() {
    return name;
  }
}
