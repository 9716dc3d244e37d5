package io.greenformers.engine;

import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.timing.SiteProof;
import io.greenformers.engine.timing.SiteProof.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * That the rewrite itself changes nothing: of the whole model, or, where that is too large to be
 * run, of each site alone.
 *
 * @param parity the worst difference
 * @param unproven sites of which nothing could be proven, and why: they stay as they are
 * @param remarks for the report
 */
record Proof(Parity parity, Map<Site, String> unproven, List<String> remarks) {
  /** A site alone is held about so often at once: its weight, its factors, packed by the runtime. */
  private static final int COPIES = 8;

  private static final long WORKING_BYTES = 1L << 30;

  /**
   * Proves the rewrite of all open sites.
   *
   * @throws RewriteProofException with the site that breaks it
   */
  static Proof of(Rewriting rewriting, StageFiles files, long seed, StageContext context) {
    Subject subject = rewriting.subject();
    return subject.isLarge()
        ? siteBySite(subject, files, context)
        : new Proof(
            new RewriteProof(rewriting, files, seed).prove(context), Map.of(), List.of());
  }

  private static Proof siteBySite(Subject subject, StageFiles files, StageContext context) {
    List<Site> sites = subject.open();
    SiteProof proof =
        SiteProof.of(
            subject.model(), subject.index(), sites, subject.outline(), files.scratch("proof"));
    AtomicInteger begun = new AtomicInteger();
    List<Finding> findings =
        SiteWorkers.perCore(WORKING_BYTES)
            .map(
                sites,
                site -> COPIES * site.type().bytes(site.parameters()),
                site -> {
                  double fraction = (double) begun.getAndIncrement() / sites.size();
                  context.progress(fraction, "proving " + site.name());
                  return proof.prove(site);
                });
    Parity parity = Parity.NONE;
    Map<Site, String> unproven = new LinkedHashMap<>();
    for (int i = 0; i < sites.size(); i++) {
      switch (findings.get(i)) {
        case Finding.Compared c -> parity = parity.and(within(sites.get(i), c.parity()));
        case Finding.Unproven u ->
            unproven.put(sites.get(i), "its rewrite cannot be proven: " + u.reason());
      }
    }
    return new Proof(parity, unproven, List.of(remark(subject)));
  }

  private static Parity within(Site site, Parity parity) {
    if (!parity.within(RewriteProof.tolerance(site))) {
      throw new RewriteProofException(site, parity);
    }
    return parity;
  }

  private static String remark(Subject subject) {
    return ("proven site by site: the model's %,d bytes are more than what is run as a whole while"
            + " it is factorized; nothing that spans several sites is fused, nor are fused"
            + " operators counted")
        .formatted(subject.model().fileBytes());
  }
}
