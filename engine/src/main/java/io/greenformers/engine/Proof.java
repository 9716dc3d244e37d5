package io.greenformers.engine;

import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * That the rewrite itself changes nothing, before anything is truncated.
 *
 * @param parity the worst difference
 * @param unusable sites whose weights cannot be used, or of which nothing could be proven, and why:
 *     they stay as they are
 * @param remarks for the report
 */
record Proof(Parity parity, Map<Site, String> unusable, List<String> remarks) {

  /**
   * Proves the rewrite of all open sites: in the whole model, or, where that is too large to be
   * run, in each site alone.
   *
   * @throws RewriteProofException with the site that breaks it
   */
  static Proof of(Rewriting rewriting, StageFiles files, long seed, StageContext context) {
    return rewriting.subject().isLarge()
        ? new SiteBySiteProof(rewriting.subject(), files).prove(context)
        : new RewriteProof(rewriting, files, seed).prove(context);
  }

  /** This proof, and that of other attention before it. */
  Proof after(AttentionChange.Outcome attention) {
    List<String> all = new ArrayList<>(attention.remarks());
    all.addAll(remarks);
    return new Proof(attention.parity().and(parity), unusable, all);
  }
}
