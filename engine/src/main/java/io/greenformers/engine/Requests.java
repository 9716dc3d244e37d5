package io.greenformers.engine;

import io.greenformers.core.plan.RankPolicy;
import io.greenformers.core.plan.SiteFilter;
import io.greenformers.core.site.Site;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Ranks;
import java.util.stream.Collectors;

/** The request document in the terms of core. The document was validated when it was read. */
final class Requests {
  private Requests() {}

  static RankPolicy policy(CompressionRequest request) {
    Ranks ranks = request.ranks();
    return switch (ranks.policy()) {
      case UNIFORM -> new RankPolicy.Uniform(ranks.ratio().orElseThrow());
      case ENERGY -> new RankPolicy.Energy(ranks.retained().orElseThrow());
      case FIXED -> new RankPolicy.Fixed(ranks.rank().orElseThrow());
      case MANUAL -> new RankPolicy.Manual(ranks.manual());
      case BUDGET -> new RankPolicy.Budget(request.budget().sizeRatio().orElse(1.0));
      case FULL -> new RankPolicy.Full();
    };
  }

  static SiteFilter filter(Ranks ranks) {
    return new SiteFilter(
        ranks.kinds().stream()
            .map(kind ->
                switch (kind) {
                  case LINEAR -> Site.Kind.LINEAR;
                  case CONV -> Site.Kind.CONV;
                  case EMBEDDING -> Site.Kind.EMBEDDING;
                })
            .collect(Collectors.toSet()),
        ranks.include(),
        ranks.exclude());
  }
}
