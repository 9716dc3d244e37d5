package io.greenformers.core.plan;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.plan.Decision.Factorize;
import io.greenformers.core.plan.Decision.Keep;
import io.greenformers.core.site.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Decides for every site.
 *
 * <p>Under every policy but {@link RankPolicy.Full}, a site whose factors would have no fewer
 * weights than its matrix is kept.
 */
public final class Planner {
  private static final int BISECTIONS = 30;

  private final RankPolicy policy;
  private final int multipleOf;
  private final FileSize size;

  /**
   * Prepares a planner.
   *
   * @param multipleOf ranks are rounded down to a multiple of this, but never to zero
   * @param size of the model that is planned for
   */
  public Planner(RankPolicy policy, int multipleOf, FileSize size) {
    this.policy = policy;
    this.multipleOf = multipleOf;
    this.size = size;
  }

  /**
   * Decides.
   *
   * @param objections why a site may not be factorized; sites without an entry may
   * @param spectra of the sites that may
   */
  public CompressionPlan plan(
      List<Site> sites, Map<Site, String> objections, Map<Site, Spectrum> spectra) {
    List<Site> open = sites.stream().filter(s -> !objections.containsKey(s)).toList();
    Map<Site, Decision> decided = decide(open, spectra);
    Map<Site, Decision> all = new LinkedHashMap<>();
    for (Site site : sites) {
      Decision decision = decided.get(site);
      all.put(site, decision != null ? decision : new Keep(objections.getOrDefault(site, "")));
    }
    return new CompressionPlan(all);
  }

  private Map<Site, Decision> decide(List<Site> sites, Map<Site, Spectrum> spectra) {
    return switch (policy) {
      case RankPolicy.Uniform(double ratio) ->
          each(sites, s -> aligned(share(s, ratio)), "uniform ratio %.4g".formatted(ratio));
      case RankPolicy.Energy(double retained) ->
          each(
              sites,
              s -> raised(spectrum(spectra, s).rankForEnergy(retained), s),
              "retains %.4g of the energy".formatted(retained));
      case RankPolicy.Fixed(int rank) -> each(sites, s -> aligned(rank), "fixed rank " + rank);
      case RankPolicy.Manual(Map<String, Integer> ranks) -> manual(sites, ranks);
      case RankPolicy.Budget(double ratio) -> budget(sites, ratio);
      case RankPolicy.Found(Map<Site, Integer> ranks, String why) -> found(sites, ranks, why);
      case RankPolicy.Full() -> full(sites);
    };
  }

  private static Spectrum spectrum(Map<Site, Spectrum> spectra, Site site) {
    return Optional.ofNullable(spectra.get(site))
        .orElseThrow(() -> new IllegalArgumentException("no spectrum of site " + site.name()));
  }

  private static Map<Site, Decision> each(List<Site> sites, ToIntFunction<Site> rank, String why) {
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    sites.forEach(s -> decisions.put(s, unlessLarger(s, rank.applyAsInt(s), why)));
    return decisions;
  }

  private static Decision unlessLarger(Site site, int rank, String why) {
    return rank < site.breakEvenRank()
        ? new Factorize(rank, why)
        : new Keep(
            "rank %d would not save weights: its break-even rank is %.1f"
                .formatted(rank, site.breakEvenRank()));
  }

  private static Map<Site, Decision> manual(List<Site> sites, Map<String, Integer> ranks) {
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    for (Site site : sites) {
      Integer rank = ranks.get(site.name());
      decisions.put(
          site,
          rank == null
              ? new Keep("no manual rank names it")
              : unlessLarger(site, Math.min(rank, site.fullRank()), "manual rank " + rank));
    }
    return decisions;
  }

  private static Map<Site, Decision> found(List<Site> sites, Map<Site, Integer> ranks, String why) {
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    for (Site site : sites) {
      Integer rank = ranks.get(site);
      decisions.put(
          site,
          rank == null ? new Keep("the budget is better spent here") : new Factorize(rank, why));
    }
    return decisions;
  }

  private static Map<Site, Decision> full(List<Site> sites) {
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    sites.forEach(s -> decisions.put(s, new Factorize(s.fullRank(), "full rank was asked for")));
    return decisions;
  }

  /** Bisects the uniform ratio: the predicted size grows with it. */
  private Map<Site, Decision> budget(List<Site> sites, double sizeRatio) {
    double target = sizeRatio * size.originalBytes();
    double low = 0;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (predicted(sites, middle) <= target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return budgeted(sites, low);
  }

  private long predicted(List<Site> sites, double ratio) {
    return size.predict(new CompressionPlan(budgeted(sites, ratio)).ranks());
  }

  /**
   * A site too small for one multiple saves next to nothing, and is often the classifier's head.
   */
  private Map<Site, Decision> budgeted(List<Site> sites, double ratio) {
    String why = "the size budget leaves each site %.3g of its weights".formatted(ratio);
    Map<Site, Decision> decisions = new LinkedHashMap<>();
    for (Site site : sites) {
      int rank = share(site, ratio);
      decisions.put(
          site,
          rank < multipleOf
              ? new Keep("its rank would be %d, below the least of %d".formatted(rank, multipleOf))
              : unlessLarger(site, aligned(rank), why));
    }
    return decisions;
  }

  private static int share(Site site, double ratio) {
    return (int) Math.floor(ratio * site.breakEvenRank());
  }

  private int aligned(int rank) {
    int down = rank - rank % multipleOf;
    return Math.max(1, down == 0 ? rank : down);
  }

  /** Rounded up, so that the energy is retained. */
  private int raised(int rank, Site site) {
    return Math.min(site.fullRank(), Math.ceilDiv(Math.max(1, rank), multipleOf) * multipleOf);
  }
}
