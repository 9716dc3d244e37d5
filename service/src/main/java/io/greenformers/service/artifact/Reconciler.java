package io.greenformers.service.artifact;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts rows and objects in order: removes what nothing names, and says what is named and missing.
 *
 * <p>It never touches what was stored within the grace, since whoever stored it may be about to
 * name it. Any number of processes may do this at once.
 */
@Component
public final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final Inventory inventory;
  private final ObjectLedger ledger;
  private final StoreSettings settings;
  private final Clock clock;

  Reconciler(Inventory inventory, ObjectLedger ledger, StoreSettings settings, Clock clock) {
    this.inventory = inventory;
    this.ledger = ledger;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * What was found.
   *
   * @param removed objects that nothing named
   * @param unfinished uploads that broke off
   * @param missing objects that are named, by their SHA-256; restore them from a backup
   */
  public record Findings(int removed, int unfinished, List<String> missing) {
    public Findings {
      missing = List.copyOf(missing);
    }
  }

  /** Puts the store in order once. */
  public Findings reconcile() {
    Instant before = clock.instant().minus(settings.grace());
    adoptUnknown(before);
    int removed = 0;
    for (String sha256 : ledger.unnamed(settings.grace())) {
      if (ledger.remove(sha256, settings.grace(), () -> inventory.remove(sha256))) {
        removed++;
      }
    }
    int unfinished = inventory.removeUnfinished(before);
    List<String> missing =
        ledger.named().stream().filter(a -> !inventory.has(a)).map(StoredArtifact::sha256).toList();
    missing.forEach(sha256 -> LOG.error("artifact {} is named and not in the store", sha256));
    return new Findings(removed, unfinished, missing);
  }

  /** An older version beside this one stores objects without rows: from now on they have one. */
  private void adoptUnknown(Instant before) {
    inventory.forEach(o -> {
      if (o.storedAt().isBefore(before) && !ledger.knows(o.sha256())) {
        ledger.adopt(o.sha256(), o.storedAt());
      }
    });
  }
}
