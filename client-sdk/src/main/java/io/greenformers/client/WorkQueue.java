package io.greenformers.client;

import java.time.Duration;
import java.util.List;

/**
 * How much waits and runs in a service, of all tenants; for operators.
 *
 * @param pools by the kind of worker; one where nothing waits or runs is missing
 * @param tenants who have something that waits or runs
 */
public record WorkQueue(List<Pool> pools, List<OfTenant> tenants) {
  public WorkQueue {
    pools = List.copyOf(pools);
    tenants = List.copyOf(tenants);
  }

  /**
   * The stages of one pool.
   *
   * @param name {@code stage-cpu} or {@code stage-gpu}
   * @param waiting how many could begin now
   * @param running how many somebody works on
   * @param oldestSeconds how long the oldest of those that wait has waited
   */
  public record Pool(String name, int waiting, int running, long oldestSeconds) {
    /** How long the oldest of those that wait has waited. */
    public Duration oldest() {
      return Duration.ofSeconds(oldestSeconds);
    }
  }

  /**
   * The compressions of one tenant.
   *
   * @param queued how many wait
   * @param running how many are worked on
   */
  public record OfTenant(String tenant, int queued, int running) {}
}
