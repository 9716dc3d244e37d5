package io.greenformers.core.plan;

import io.greenformers.core.site.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The ranks that distort the outputs of the model least, within a number of bytes.
 *
 * <p>Minimises Σ distortionᵢ(rᵢ) + λ·Σ bytesᵢ(rᵢ) site by site, and bisects λ until the bytes fit
 * (Lagrangian relaxation; Everett, Operations Research 11, 1963): the result is the best there is
 * for the bytes that it takes. What is left is then spent on the best step that still fits.
 */
public final class Allocation {
  private static final int BISECTIONS = 80;

  private final List<Options> sites;

  /** A rank of a site, what it takes and what it does; rank 0 means that the site stays dense. */
  private record Choice(int rank, long bytes, double distortion) {
    double cost(double price) {
      return distortion + price * bytes;
    }
  }

  /** What may become of a site; staying dense comes first. */
  private record Options(Site site, List<Choice> choices) {
    double mostDistortion() {
      return choices.stream().mapToDouble(Choice::distortion).max().orElseThrow();
    }

    Choice cheapest(double price) {
      Choice best = choices.getFirst();
      for (Choice choice : choices) {
        best = choice.cost(price) < best.cost(price) ? choice : best;
      }
      return best;
    }
  }

  /**
   * Lists the choices.
   *
   * @param effects of every site that may be factorized
   * @param multipleOf ranks are multiples of this
   * @param mostRank of each site, for example the largest that is no slower; below its least
   *     multiple the site stays dense
   */
  public Allocation(
      Map<Site, Effect> effects, int multipleOf, ToIntFunction<Site> mostRank, FileSize size) {
    sites =
        effects.entrySet().stream()
            .map(e ->
                options(
                    e.getKey(),
                    e.getValue(),
                    multipleOf,
                    Math.min(mostRank.applyAsInt(e.getKey()), e.getKey().fullRank()),
                    size))
            .toList();
  }

  private static Options options(
      Site site, Effect effect, int multipleOf, int mostRank, FileSize size) {
    List<Choice> choices = new ArrayList<>(List.of(new Choice(0, 0, 0)));
    for (int rank = multipleOf; rank <= mostRank; rank += multipleOf) {
      long bytes = size.change(site, rank);
      if (bytes < 0) {
        choices.add(new Choice(rank, bytes, effect.distortion(rank)));
      }
    }
    return new Options(site, choices);
  }

  /**
   * Chooses.
   *
   * @param change the bytes that all sites together may add, negative where the file has to shrink;
   *     see {@link FileSize#change(double)}
   * @return the ranks of the sites to factorize; where no ranks shrink the file enough, the least
   */
  public Map<Site, Integer> within(long change) {
    List<Choice> fits = choose(Double.MAX_VALUE);
    double low = Double.MIN_NORMAL;
    // at this price one byte costs more than all distortion there can be
    double high = 1 + sites.stream().mapToDouble(Options::mostDistortion).sum();
    for (int i = 0; i < BISECTIONS; i++) {
      // prices span many orders of magnitude
      double price = Math.sqrt(low) * Math.sqrt(high);
      List<Choice> chosen = choose(price);
      if (bytes(chosen) <= change) {
        fits = chosen;
        high = price;
      } else {
        low = price;
      }
    }
    return ranks(fill(fits, change));
  }

  private List<Choice> choose(double price) {
    return sites.stream().map(s -> s.cheapest(price)).toList();
  }

  /** A better choice for the site at a place. */
  private record Step(int place, Choice to, long bytes, double gainPerByte) {}

  /** Takes the step with the largest gain per byte that fits, until none does. */
  private List<Choice> fill(List<Choice> chosen, long change) {
    List<Choice> filled = new ArrayList<>(chosen);
    Optional<Step> step = bestStep(filled, change);
    while (step.isPresent()) {
      filled.set(step.get().place(), step.get().to());
      step = bestStep(filled, change);
    }
    return filled;
  }

  private Optional<Step> bestStep(List<Choice> now, long change) {
    long left = change - bytes(now);
    return IntStream.range(0, now.size())
        .boxed()
        .flatMap(i -> sites.get(i).choices().stream().map(to -> step(i, now.get(i), to)))
        .filter(s -> s.bytes() > 0 && s.bytes() <= left && s.gainPerByte() > 0)
        .max(Comparator.comparingDouble(Step::gainPerByte));
  }

  private static Step step(int place, Choice from, Choice to) {
    long bytes = to.bytes() - from.bytes();
    return new Step(place, to, bytes, (from.distortion() - to.distortion()) / bytes);
  }

  private static long bytes(List<Choice> chosen) {
    return chosen.stream().mapToLong(Choice::bytes).sum();
  }

  private Map<Site, Integer> ranks(List<Choice> chosen) {
    Map<Site, Integer> ranks = new LinkedHashMap<>();
    for (int i = 0; i < chosen.size(); i++) {
      if (chosen.get(i).rank() > 0) {
        ranks.put(sites.get(i).site(), chosen.get(i).rank());
      }
    }
    return ranks;
  }
}
