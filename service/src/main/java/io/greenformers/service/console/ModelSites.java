package io.greenformers.service.console;

import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What {@code inspection.json} says of a model.
 *
 * @param producer what wrote the file, as it says itself
 * @param parameters of floating type
 * @param remarks for people
 * @param sites the largest first
 */
record ModelSites(
    long opset, String producer, long parameters, List<String> remarks, List<SiteRow> sites) {

  ModelSites {
    remarks = List.copyOf(remarks);
    sites = List.copyOf(sites);
  }

  /**
   * A site.
   *
   * @param shape {@code [m, n]}
   * @param operators of the nodes that use it
   * @param obstacle why it cannot be factorized; empty where it can
   */
  record SiteRow(
      String name,
      String kind,
      Shape shape,
      String operators,
      long parameters,
      Optional<String> obstacle) {

    boolean isOpen() {
      return obstacle.isEmpty();
    }
  }

  /** Rows and columns of a weight. */
  record Shape(long rows, long columns) {
    /** Weights of the factors of a rank, of those of the whole: above 1 where it saves nothing. */
    double ratio(int rank) {
      return (double) rank * (rows + columns) / (rows * columns);
    }

    @Override
    public String toString() {
      return rows + " × " + columns;
    }
  }

  static ModelSites of(JsonNode inspection) {
    return new ModelSites(
        inspection.path("opset").asLong(0),
        Words.name(inspection.path("producer").asString("").strip()),
        inspection.path("parameters").asLong(0),
        StreamSupport.stream(inspection.path("remarks").spliterator(), false)
            .map(remark -> Words.name(remark.asString("")))
            .toList(),
        StreamSupport.stream(inspection.path("sites").spliterator(), false)
            .map(ModelSites::row)
            .sorted((a, b) -> Long.compare(b.parameters(), a.parameters()))
            .toList());
  }

  private static SiteRow row(JsonNode site) {
    List<String> operators =
        StreamSupport.stream(site.path("operators").spliterator(), false)
            .map(operator -> Words.name(operator.asString("")))
            .toList();
    return new SiteRow(
        site.path("name").asString(""),
        site.path("kind").asString(""),
        new Shape(site.at("/shape/0").asLong(1), site.at("/shape/1").asLong(1)),
        String.join(", ", operators),
        site.path("parameters").asLong(0),
        site.path("obstacle").asStringOpt().map(Words::name));
  }

  long open() {
    return sites.stream().filter(SiteRow::isOpen).count();
  }
}
