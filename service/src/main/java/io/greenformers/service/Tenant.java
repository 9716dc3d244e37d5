package io.greenformers.service;

/** Whose rows are whose. There is one tenant until there are logins; every row names it already. */
public final class Tenant {
  /** The only tenant. */
  public static final String DEFAULT = "default";

  private Tenant() {}
}
