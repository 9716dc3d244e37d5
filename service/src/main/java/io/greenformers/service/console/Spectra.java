package io.greenformers.service.console;

import io.greenformers.service.console.ModelSites.SiteRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What {@code prediction.json} says of a model: estimates, since they are made of its weights
 * alone.
 *
 * @param points from the largest file to the smallest
 * @param ranks by site, then by the share of its energy that the rank retains
 */
record Spectra(List<Point> points, Map<String, Map<String, Integer>> ranks) {
  /** The share of energy that the table of sites shows the rank of. */
  static final String SHOWN = "0.9";

  Spectra {
    points = List.copyOf(points);
    ranks = Map.copyOf(ranks);
  }

  /**
   * The whole model, if every site keeps the same share of its energy.
   *
   * @param retained that share
   * @param sizeRatio of all files
   * @param factorized how many sites
   * @param work multiplications in linears and convolutions, of those of the original
   */
  record Point(double retained, double sizeRatio, int factorized, double work) {}

  static Spectra of(JsonNode prediction, ModelSites model) {
    Map<String, Map<String, Integer>> ranks = new LinkedHashMap<>();
    for (JsonNode site : prediction.path("sites")) {
      Map<String, Integer> byShare = new LinkedHashMap<>();
      site.path("ranks")
          .properties()
          .forEach(rank -> byShare.put(rank.getKey(), rank.getValue().asInt()));
      ranks.put(site.path("name").asString(""), byShare);
    }
    List<Point> points =
        StreamSupport.stream(prediction.path("sizes").spliterator(), false)
            .map(size -> point(size, model, ranks))
            .toList();
    return new Spectra(points, ranks);
  }

  private static Point point(
      JsonNode size, ModelSites model, Map<String, Map<String, Integer>> ranks) {
    double retained = size.path("retainedEnergy").asDouble(1);
    double before = 0;
    double after = 0;
    for (SiteRow site : model.sites()) {
      if (!site.kind().equals("embedding")) {
        before += site.parameters();
        after += site.parameters() * left(site, ranks, Double.toString(retained)).orElse(1.0);
      }
    }
    return new Point(
        retained,
        size.path("sizeRatio").asDouble(1),
        size.path("factorized").asInt(),
        before == 0 ? 1 : after / before);
  }

  /** Weights of a site that are left at {@link #SHOWN}; empty where factors save nothing. */
  Optional<Double> left(SiteRow site) {
    return left(site, ranks, SHOWN);
  }

  private static Optional<Double> left(
      SiteRow site, Map<String, Map<String, Integer>> ranks, String share) {
    return Optional.ofNullable(ranks.getOrDefault(site.name(), Map.of()).get(share))
        .map(site.shape()::ratio)
        .filter(ratio -> ratio < 1);
  }

  /** The smallest file that the spectra say something of. */
  double smallest() {
    return points.stream().mapToDouble(Point::sizeRatio).min().orElse(1);
  }
}
