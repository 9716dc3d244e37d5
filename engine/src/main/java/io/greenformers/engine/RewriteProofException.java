package io.greenformers.engine;

import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;
import java.util.Optional;

/** The rewrite of a site changes what the model computes: nothing is compressed. */
final class RewriteProofException extends EngineException {
  RewriteProofException(Optional<Site> site, Parity parity) {
    super(
        "%s: expected the full-rank rewrite to equal the original, found a difference of %.2g of the largest output; nothing was compressed; exclude %s (ranks.exclude), and please report this model"
            .formatted(
                site.map(s -> "site '" + s.name() + "'").orElse("several sites, though none alone"),
                parity.maxRelative(),
                site.isPresent() ? "the site" : "some of them"));
  }

  /** Stable and machine-readable. */
  String code() {
    return "model-rewrite-differs";
  }
}
