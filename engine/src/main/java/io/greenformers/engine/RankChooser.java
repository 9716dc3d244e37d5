package io.greenformers.engine;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.plan.Allocation;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Effect;
import io.greenformers.core.plan.FileSize;
import io.greenformers.core.plan.Planner;
import io.greenformers.core.plan.RankPolicy;
import io.greenformers.core.site.Site;
import io.greenformers.engine.search.RankSearch.Allocator;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Ranks;
import java.util.Map;

/** Turns the policy of a request into decisions, within the limits of what is no slower. */
final class RankChooser {
  private final CompressionRequest request;
  private final Subject subject;
  private final SpeedLimits limits;
  private final FileSize size;

  RankChooser(CompressionRequest request, Subject subject, SpeedLimits limits) {
    this.request = request;
    this.subject = subject;
    this.limits = limits;
    this.size = subject.size();
  }

  /** Decides by the policy of the request. */
  CompressionPlan plan(Map<Site, Spectrum> spectra) {
    return request.ranks().policy() == Ranks.Policy.BUDGET
        ? uniform(request.budget().sizeRatio().orElse(1.0), spectra)
        : limits.apply(plan(Requests.policy(request), subject, spectra));
  }

  /**
   * The largest uniform ratio within a size, with sites that are slower dense; where the size
   * cannot be reached so, with every site.
   */
  CompressionPlan uniform(double sizeRatio, Map<Site, Spectrum> spectra) {
    RankPolicy policy = new RankPolicy.Budget(sizeRatio);
    Subject faster = subject.without(limits.objections(subject.open()));
    CompressionPlan limited = limits.apply(plan(policy, faster, spectra));
    return size.predict(limited.ranks()) <= sizeRatio * subject.model().fileBytes()
        ? limited
        : plan(policy, subject, spectra);
  }

  /** Distributes the bytes of a size by effects, within the limits where that is possible. */
  Allocator within(double sizeRatio) {
    return effects -> {
      long change = size.change(sizeRatio);
      Map<Site, Integer> ranks = allocate(effects, limits).within(change);
      return size.predict(ranks) <= size.predict(Map.of()) + change
          ? ranks
          : allocate(effects, SpeedLimits.NONE).within(change);
    };
  }

  /** The least share of the original's bytes that any ranks reach. */
  double leastRatio(Map<Site, Effect> effects) {
    Map<Site, Integer> ranks = allocate(effects, limits).within(Long.MIN_VALUE / 2);
    return (double) size.predict(ranks) / subject.model().fileBytes();
  }

  /** The share of the original's bytes that these ranks take. */
  double ratio(Map<Site, Integer> ranks) {
    return (double) size.predict(ranks) / subject.model().fileBytes();
  }

  /** Decisions from ranks that were found. */
  CompressionPlan found(Map<Site, Integer> ranks, String why) {
    Map<Site, String> slower = limits.objections(subject.open());
    slower.keySet().removeAll(ranks.keySet());
    return plan(new RankPolicy.Found(ranks, why), subject.without(slower), Map.of());
  }

  private Allocation allocate(Map<Site, Effect> effects, SpeedLimits within) {
    return new Allocation(effects, request.ranks().multipleOf(), within::mostRank, size);
  }

  private CompressionPlan plan(RankPolicy policy, Subject of, Map<Site, Spectrum> spectra) {
    return new Planner(policy, request.ranks().multipleOf(), size)
        .plan(of.sites(), of.objections(), spectra);
  }
}
