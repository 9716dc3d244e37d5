package io.greenformers.core.plan;

import io.greenformers.core.site.Site;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A decision for every site of a model, in the order of the sites.
 *
 * @param decisions by site
 */
public record CompressionPlan(Map<Site, Decision> decisions) {
  public CompressionPlan {
    decisions = Collections.unmodifiableMap(new LinkedHashMap<>(decisions));
  }

  /** The ranks of the sites that are factorized. */
  public Map<Site, Integer> ranks() {
    Map<Site, Integer> ranks = new LinkedHashMap<>();
    decisions.forEach((site, decision) -> {
      switch (decision) {
        case Decision.Factorize f -> ranks.put(site, f.rank());
        case Decision.Keep k -> {}
      }
    });
    return ranks;
  }
}
