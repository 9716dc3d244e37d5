package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How ranks are chosen, and for which sites.
 *
 * @param policy which of the following fields decides
 * @param ratio for {@code uniform}: share of each site's weights kept, r = ⌊ratio·mn/(m+n)⌋
 * @param retained for {@code energy}: least Σσ²kept/Σσ² of each site, in (0, 1]
 * @param rank for {@code fixed}: the rank of every site
 * @param manual for {@code manual}: site name to rank; other sites are kept
 * @param multipleOf ranks are rounded down to a multiple of this (but never to zero)
 * @param neverSlower whether a site that is not faster with factors, and that the size does not
 *     need, stays dense
 * @param kinds the kinds of sites that may be factorized
 * @param include glob patterns of site names that may be factorized
 * @param exclude glob patterns of site names that are kept
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Ranks(
    Policy policy,
    Optional<Double> ratio,
    Optional<Double> retained,
    Optional<Integer> rank,
    Map<String, Integer> manual,
    int multipleOf,
    boolean neverSlower,
    List<SiteKind> kinds,
    List<String> include,
    List<String> exclude) {

  /** The rule that turns a site into a rank. */
  public enum Policy {
    @JsonProperty("uniform")
    UNIFORM,
    @JsonProperty("energy")
    ENERGY,
    @JsonProperty("fixed")
    FIXED,
    @JsonProperty("manual")
    MANUAL,
    /** The ranks with which the smallest file meets the budget. */
    @JsonProperty("budget")
    BUDGET,
    /** Full rank whatever it costs: for proofs. */
    @JsonProperty("full")
    FULL
  }

  public static final Ranks DEFAULT = of(Policy.BUDGET);

  public Ranks {
    manual = Map.copyOf(manual);
    kinds = List.copyOf(kinds);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    Checks.ratio("ranks.ratio", ratio);
    Checks.ratio("ranks.retained", retained);
    rank.ifPresent(r -> Checks.require(r > 0, "ranks.rank", "a number above 0", r));
    manual.forEach((s, r) -> Checks.require(r > 0, "ranks.manual." + s, "a number above 0", r));
    Checks.require(
        multipleOf > 0 && multipleOf <= 1024, "ranks.multipleOf", "1 to 1024", multipleOf);
    Checks.require(!kinds.isEmpty(), "ranks.kinds", "at least one kind", kinds);
    switch (policy) {
      case UNIFORM -> needs(ratio.isPresent(), "ranks.ratio", policy);
      case ENERGY -> needs(retained.isPresent(), "ranks.retained", policy);
      case FIXED -> needs(rank.isPresent(), "ranks.rank", policy);
      case MANUAL -> needs(!manual.isEmpty(), "ranks.manual", policy);
      case BUDGET, FULL -> {}
    }
  }

  /** A policy without a parameter ({@code BUDGET} or {@code FULL}), everything else as default. */
  public static Ranks of(Policy policy) {
    return new Ranks(
        policy,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        policy == Policy.FULL ? 1 : 8,
        true,
        List.of(SiteKind.values()),
        List.of("*"),
        List.of());
  }

  private static void needs(boolean present, String field, Policy policy) {
    Checks.require(present, field, "a value, which the policy " + policy + " needs", "nothing");
  }
}
