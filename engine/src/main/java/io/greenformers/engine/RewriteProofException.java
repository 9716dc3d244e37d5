package io.greenformers.engine;

import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;

/** The rewrite of a site changes what the model computes: nothing is compressed. */
final class RewriteProofException extends EngineException {
  RewriteProofException(Site site, Parity parity) {
    super(
        "site '%s': expected the full-rank rewrite to equal the original, found a difference of %.2g of the largest output; nothing was compressed; exclude the site (ranks.exclude), and please report this model"
            .formatted(site.name(), parity.maxRelative()));
  }

  /** Stable and machine-readable. */
  String code() {
    return "model-rewrite-differs";
  }
}
