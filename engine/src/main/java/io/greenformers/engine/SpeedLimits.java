package io.greenformers.engine;

import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.site.Site;
import io.greenformers.engine.timing.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Up to which rank each site is no slower than its weight, as it was timed.
 *
 * <p>Looking up rows of a table costs next to nothing, so a table always loses time by factors; it
 * is left to the size, and to the latency of the whole model.
 */
record SpeedLimits(Map<Site, Verdict> verdicts) {
  static final SpeedLimits NONE = new SpeedLimits(Map.of());

  SpeedLimits {
    verdicts = Map.copyOf(verdicts);
  }

  /** The highest rank of a site that is worth it; 0 where none is. */
  int mostRank(Site site) {
    Verdict verdict = verdicts.get(site);
    if (verdict == null || site.kind() == Site.Kind.EMBEDDING) {
      return Integer.MAX_VALUE;
    }
    return switch (verdict) {
      case Verdict.Wins wins -> wins.largestRank();
      case Verdict.Loses loses -> 0;
      case Verdict.Untimed untimed -> Integer.MAX_VALUE;
    };
  }

  /** Why sites that lose at any rank stay dense. */
  Map<Site, String> objections(List<Site> sites) {
    Map<Site, String> objections = new LinkedHashMap<>();
    sites.stream().filter(s -> mostRank(s) == 0).forEach(s -> objections.put(s, reason(s)));
    return objections;
  }

  /** The same plan without the sites whose rank is slower than their weight. */
  CompressionPlan apply(CompressionPlan plan) {
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    plan.decisions()
        .forEach((site, decision) ->
            decisions.put(
                site,
                switch (decision) {
                  case Decision.Keep keep -> keep;
                  case Decision.Factorize f ->
                      f.rank() <= mostRank(site)
                          ? f
                          : new Decision.Keep(
                              "rank %d is slower than dense: %s".formatted(f.rank(), reason(site)));
                }));
    return new CompressionPlan(decisions);
  }

  private String reason(Site site) {
    Verdict verdict = verdicts.get(site);
    return verdict == null ? "" : verdict.reason();
  }
}
