package io.greenformers.service.settings;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this process does, as {@code greenformers.*}; by default everything. Several processes share
 * the work on one PostgreSQL.
 *
 * @param roles what it is for
 * @param pools whose stages it works on as a worker
 */
@ConfigurationProperties("greenformers")
public record RoleSettings(
    @DefaultValue({"api", "worker"}) Set<Role> roles,
    @DefaultValue({"cpu", "gpu"}) Set<Pool> pools) {

  public RoleSettings {
    roles = Set.copyOf(roles);
    pools = Set.copyOf(pools);
    if (roles.isEmpty() || (roles.contains(Role.WORKER) && pools.isEmpty())) {
      throw new IllegalArgumentException(
          "greenformers.roles: expected api, worker or both, and pools cpu, gpu or both for a "
              + "worker, found roles %s and pools %s".formatted(roles, pools));
    }
  }

  /** Whether this process answers requests. */
  public boolean isApi() {
    return roles.contains(Role.API);
  }

  /** The pools that this process works for. */
  public Set<Pool> served() {
    return roles.contains(Role.WORKER) ? pools : Set.of();
  }
}
