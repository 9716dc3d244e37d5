package io.greenformers.engine.search;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.plan.Effect;
import io.greenformers.core.site.Site;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds ranks by what they do to the outputs of the model, measured on calibration inputs.
 *
 * <p>The ranks to beat are uniform ones. Each site alone at its uniform rank gives a first {@link
 * Effect} of every site, from which ranks are allocated. Then, in rounds, each site alone is
 * restored in the model that is the best so far, which tells its effect in company, and ranks are
 * allocated anew. Every allocation is measured whole, and the best one wins: an allocation by
 * normalised energy alone was measured to be worse than uniform ranks.
 */
public final class RankSearch {
  private static final int MOST_ROUNDS = 3;

  /** A site that seems to do nothing may do something elsewhere: a share of the mean effect. */
  private static final double LEAST_SHARE = 0.02;

  private static final double MOST_CHANGE = 9;

  /** Of outputs that are no numbers any more. */
  private static final double WORST = 1e9;

  private static final long MOST_BYTES = 256L << 20;

  private final RankProbe probe;
  private final Map<Site, Spectrum> spectra;
  private final Progress progress;
  private final List<Map<String, Tensor>> batches;
  private final Distortion distortion;

  /** Is told how far the search is, and may end it by an exception. */
  @FunctionalInterface
  public interface Progress {
    void at(double fraction, String activity);
  }

  /** Allocates ranks by effects. */
  @FunctionalInterface
  public interface Allocator {
    Map<Site, Integer> ranks(Map<Site, Effect> effects);
  }

  /**
   * Ranks, and what they were measured to do.
   *
   * @param distortion of the outputs, see {@link Distortion}
   * @param effects of the sites around these ranks
   */
  public record Found(Map<Site, Integer> ranks, double distortion, Map<Site, Effect> effects) {
    public Found {
      // in their order: a run must be repeatable
      ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
      effects = Collections.unmodifiableMap(new LinkedHashMap<>(effects));
    }
  }

  /**
   * Prepares to search.
   *
   * @param spectra of the sites that may be factorized
   * @param batches inputs that were not calibrated with: ranks are judged by what they do to new
   *     ones; the last are left out where outputs would take more than 256 MB
   */
  public RankSearch(
      RankProbe probe,
      Map<Site, Spectrum> spectra,
      List<Map<String, Tensor>> batches,
      Progress progress) {
    this.probe = probe;
    this.spectra = new LinkedHashMap<>(spectra);
    this.progress = progress;
    List<Map<String, Tensor>> references = references(batches);
    this.batches = batches.subList(0, references.size());
    this.distortion = Distortion.from(references);
  }

  private List<Map<String, Tensor>> references(List<Map<String, Tensor>> inputs) {
    List<Map<String, Tensor>> references = new ArrayList<>();
    long bytes = 0;
    for (Map<String, Tensor> batch : inputs) {
      if (bytes < MOST_BYTES) {
        probe.run(Map.of(), List.of(batch), (b, outputs) -> references.add(copy(outputs)));
        bytes += references.getLast().values().stream().mapToLong(t -> t.bytes().remaining()).sum();
      }
    }
    return references;
  }

  private static Map<String, Tensor> copy(Map<String, Tensor> lent) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    lent.forEach((name, tensor) -> copies.put(name, tensor.copy()));
    return copies;
  }

  /** The distortion of the outputs at these ranks; finite, however bad they are. */
  public double measure(Map<Site, Integer> ranks) {
    Distortion measured = distortion.again();
    probe.run(ranks, batches, measured::add);
    return Math.min(WORST, measured.value());
  }

  /**
   * Searches.
   *
   * @param uniform the ranks to beat
   * @param allocator within the same budget
   */
  public Found search(Map<Site, Integer> uniform, Allocator allocator) {
    progress.at(0, "measuring uniform ranks");
    double distorted = measure(uniform);
    Map<Site, Effect> effects = alone(uniform);
    Found best = new Found(uniform, distorted, effects);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Map<Site, Integer> ranks = allocator.ranks(effects);
      double measured = measure(ranks);
      if (!(measured < best.distortion())) {
        return best;
      }
      best = new Found(ranks, measured, effects);
      if (round + 1 < MOST_ROUNDS) {
        effects = inCompany(best, round + 1);
      }
    }
    return best;
  }

  /** What each site does at its uniform rank, all others exact. */
  private Map<Site, Effect> alone(Map<Site, Integer> uniform) {
    Map<Site, Effect> effects = new LinkedHashMap<>();
    spectra.forEach((site, spectrum) -> {
      progress.at(at(0, effects.size()), "measuring " + site.name());
      int rank = uniform.getOrDefault(site, Math.max(1, spectrum.size() / 2));
      effects.put(site, Effect.measured(spectrum, rank, measure(Map.of(site, rank))));
    });
    return floored(effects);
  }

  /** By how much the distortion falls when a site alone is restored. */
  private Map<Site, Effect> inCompany(Found found, int round) {
    Map<Site, Effect> effects = new LinkedHashMap<>(found.effects());
    int done = 0;
    for (Map.Entry<Site, Integer> entry : found.ranks().entrySet()) {
      Site site = entry.getKey();
      progress.at(at(round, done++), "measuring " + site.name());
      Map<Site, Integer> restored = new LinkedHashMap<>(found.ranks());
      restored.remove(site);
      double gain = found.distortion() - measure(restored);
      effects.computeIfPresent(
          site,
          (s, effect) ->
              damped(effect, Effect.measured(effect.spectrum(), entry.getValue(), gain)));
    }
    return floored(effects);
  }

  /** A difference of two measurements is noisy: half way to it, and not too far. */
  private static Effect damped(Effect before, Effect after) {
    double bounded =
        Math.clamp(after.scale(), before.scale() / MOST_CHANGE, before.scale() * MOST_CHANGE);
    return new Effect(before.spectrum(), Math.sqrt(before.scale() * bounded));
  }

  private double at(int round, int done) {
    return (round + (double) done / spectra.size()) / MOST_ROUNDS;
  }

  private static Map<Site, Effect> floored(Map<Site, Effect> effects) {
    double mean = effects.values().stream().mapToDouble(Effect::scale).average().orElse(0);
    Map<Site, Effect> floored = new LinkedHashMap<>();
    effects.forEach((site, effect) ->
        floored.put(
            site, new Effect(effect.spectrum(), Math.max(effect.scale(), LEAST_SHARE * mean))));
    return floored;
  }
}
