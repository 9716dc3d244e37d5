package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.site.Site;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last word on latency: the compressed model against the original, whole, at every shape.
 *
 * <p>A site alone says nothing of what is lost around it, as an operator that ONNX Runtime fuses in
 * the original only. Where the compressed model is slower, the kind of site that gains least at
 * that shape goes back to dense, and the rest is measured again.
 */
public final class WholeModelCheck {
  private static final String ALONE = "cannot be timed alone";

  private final SiteTimings timings;
  private final ModelPair pair;
  private final ModelPair.Bound bound;

  /** Writes the model with these sites factorized to these ranks. */
  @FunctionalInterface
  public interface Rewrite {
    /** Returns the protobuf file; it may be the same each time. */
    Path apply(Map<Site, Integer> ranks);
  }

  /**
   * What remains.
   *
   * @param ranks of the sites that stay factorized
   * @param reverted why others went back to dense
   * @param latency of the model that remains; empty where nothing stays factorized
   */
  public record Outcome(
      Map<Site, Integer> ranks, Map<Site, String> reverted, Map<GridShape, PairTiming> latency) {}

  /**
   * Prepares.
   *
   * @param timings of the model's sites
   * @param index of the original
   * @param canonical the original's file
   */
  public WholeModelCheck(
      SiteTimings timings, GraphIndex index, Path canonical, ModelPair.Bound bound) {
    this.timings = timings;
    this.pair = new ModelPair(canonical, index, bound);
    this.bound = bound;
  }

  /** Measures, and reverts kinds of sites until no shape is slower than the bound. */
  public Outcome check(Map<Site, Integer> ranks, Rewrite rewrite, TimingProgress progress) {
    Map<Site, Integer> open = new LinkedHashMap<>(ranks);
    Map<Site, String> reverted = new LinkedHashMap<>();
    while (!open.isEmpty()) {
      double done = (double) reverted.size() / ranks.size();
      Map<GridShape, PairTiming> latency =
          pair.measure(
              rewrite.apply(open),
              timings.grid(),
              at -> progress.at(done, "timing the whole model at " + at));
      Map.Entry<GridShape, PairTiming> slowest =
          Collections.max(
              latency.entrySet(), Comparator.comparingDouble(e -> e.getValue().ratio()));
      if (slowest.getValue().ratio() <= bound.mostRatio()) {
        return new Outcome(open, reverted, latency);
      }
      revert(open, reverted, slowest.getKey(), slowest.getValue().ratio());
    }
    return new Outcome(open, reverted, Map.of());
  }

  private void revert(
      Map<Site, Integer> open, Map<Site, String> reverted, GridShape at, double ratio) {
    Map<String, Double> costs = new LinkedHashMap<>();
    open.forEach((site, rank) -> costs.merge(kind(site), costMs(site, rank, at), Double::sum));
    String worst = Collections.max(costs.entrySet(), Map.Entry.comparingByValue()).getKey();
    String reason =
        "the whole model took %.3f times as long at %s, and sites of this kind gain least there"
            .formatted(ratio, at);
    List<Site> back = open.keySet().stream().filter(s -> kind(s).equals(worst)).toList();
    back.forEach(site -> {
      open.remove(site);
      reverted.put(site, reason);
    });
  }

  private String kind(Site site) {
    return timings.objection(site).isPresent() ? ALONE : timings.kind(site);
  }

  /** What cannot be timed is reverted first. */
  private double costMs(Site site, int rank, GridShape at) {
    if (timings.objection(site).isPresent()) {
      return Double.MAX_VALUE;
    }
    try {
      return timings.timing(site, rank, at).costMs();
    } catch (UnrunnableModelException e) {
      return Double.MAX_VALUE;
    }
  }
}
