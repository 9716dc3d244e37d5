package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.rewrite.FactorFile;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.site.Site;
import io.greenformers.protocol.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decompositions that outlive the process: a file for each site that is finished. A file that was
 * made of anything else, or is damaged, counts for nothing. Safe for several threads, one per site.
 */
final class FinishedSites {
  /** To be raised when decompositions change. */
  private static final String VERSION = "2";

  private final Optional<Path> directory;
  private final WeightStore weights;
  private final String statistics;

  private FinishedSites(Optional<Path> directory, WeightStore weights, String statistics) {
    this.directory = directory;
    this.weights = weights;
    this.statistics = statistics;
  }

  /** Those of a request, a model, and what it is calibrated by. */
  static FinishedSites of(StageFiles files, OnnxModel model, SiteStatistics statistics) {
    Optional<Path> directory = files.kept(model);
    return new FinishedSites(
        directory, model.weights(), directory.isEmpty() ? "" : statistics.hash());
  }

  /** The sites that are finished already. */
  Map<Site, Decomposition> find(List<Site> sites, Decomposer.MostRank most, StageContext context) {
    Map<Site, Decomposition> found = new LinkedHashMap<>();
    if (directory.isEmpty()) {
      return found;
    }
    for (Site site : sites) {
      file(site, most.of(site))
          .flatMap(file -> file.read(site))
          .ifPresent(c -> found.put(site, Decomposition.nested(site, c.full(), c.shift())));
    }
    if (!found.isEmpty()) {
      String says = "%d of %d sites were finished before".formatted(found.size(), sites.size());
      System.err.println(says);
      context.progress(0, says);
    }
    return found;
  }

  /** Keeps what came of a site. That it cannot be kept is told, and harms nothing else. */
  void keep(Site site, int mostRank, FullRank full, Optional<MeanShift> shift) {
    Optional<FactorFile> file = file(site, mostRank);
    if (file.isEmpty()) {
      return;
    }
    try {
      file.get().write(new FactorFile.Content(full, shift));
    } catch (IOException e) {
      System.err.println("a finished site will be done again after a restart: " + e);
    }
  }

  private Optional<FactorFile> file(Site site, int mostRank) {
    String key =
        hash(
            String.join(
                "\n",
                VERSION,
                directory.map(d -> d.getFileName().toString()).orElse(""),
                statistics,
                site.name(),
                site.weight().toString(),
                Integer.toString(Math.min(mostRank, site.fullRank()))));
    return directory.map(d -> new FactorFile(d.resolve(key + ".site"), key, weights));
  }

  private static String hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.start().digest(bytes));
  }
}
