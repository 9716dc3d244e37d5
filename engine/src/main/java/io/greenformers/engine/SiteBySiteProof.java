package io.greenformers.engine;

import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.timing.SiteProof;
import io.greenformers.engine.timing.SiteProof.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Proves the rewrite of a model that is too large to be run: each site is run alone. */
final class SiteBySiteProof {
  /** Of a site: its weight, its factors, both packed by the runtime, twice. */
  private static final int COPIES = 8;

  private static final long WORKING_BYTES = 1L << 30;

  private final Subject subject;
  private final StageFiles files;

  SiteBySiteProof(Subject subject, StageFiles files) {
    this.subject = subject;
    this.files = files;
  }

  /**
   * Proves all open sites.
   *
   * @throws RewriteProofException with the first one that breaks
   */
  Proof prove(StageContext context) {
    List<Site> sites = subject.open();
    List<Finding> findings = findings(sites, context);
    Parity parity = Parity.NONE;
    Map<Site, String> unusable = new LinkedHashMap<>();
    for (int i = 0; i < sites.size(); i++) {
      switch (findings.get(i)) {
        case Finding.Compared c -> parity = parity.and(within(sites.get(i), c.parity()));
        case Finding.Unproven u -> unusable.put(sites.get(i), u.reason());
      }
    }
    return new Proof(parity, unusable, List.of(remark()));
  }

  private List<Finding> findings(List<Site> sites, StageContext context) {
    SiteProof proof =
        SiteProof.of(
            subject.model(), subject.index(), sites, subject.outline(), files.scratch("proof"));
    AtomicInteger begun = new AtomicInteger();
    return SiteWorkers.perCore(WORKING_BYTES)
        .map(
            sites,
            site -> COPIES * site.type().bytes(site.parameters()),
            site -> {
              double fraction = (double) begun.getAndIncrement() / sites.size();
              context.progress(fraction, "proving " + site.name());
              return proof.prove(site);
            });
  }

  private static Parity within(Site site, Parity parity) {
    if (!parity.within(RewriteProof.tolerance(site))) {
      throw new RewriteProofException(Optional.of(site), parity);
    }
    return parity;
  }

  private String remark() {
    return ("with %,d MB the model cannot be run as a whole within the memory that is allowed: its"
            + " rewrite was proven site by site, nothing that spans several sites was fused, and"
            + " neither outputs nor latency were compared")
        .formatted(subject.model().fileBytes() >> 20);
  }
}
