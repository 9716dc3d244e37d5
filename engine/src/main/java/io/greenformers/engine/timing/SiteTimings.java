package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.site.Site;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Times sites in ONNX Runtime, dense against factorized, at the shapes that requests will have, and
 * says up to which rank a site is no slower.
 *
 * <p>A site is cut out of its model with all nodes that use its weight and rewritten as the whole
 * model would be; runs alternate and the median of their ratios counts; weights are as cold as in
 * the model. Sites of one kind and shape are measured once, and a file keeps what was measured.
 *
 * <p>Not thread-safe, and nothing else should run while it measures.
 */
public final class SiteTimings {
  private final OnnxModel model;
  private final GraphIndex index;
  private final OperandShapes shapes;
  private final TimingCache cache;
  private final TimingFiles files;

  private SiteTimings(OnnxModel model, GraphIndex index, OperandShapes shapes, TimingFiles files) {
    this.model = model;
    this.index = index;
    this.shapes = shapes;
    this.cache = new TimingCache(files.cache(), Machine.describe());
    this.files = files;
  }

  /**
   * Runs the model once at each shape, to learn the shapes of what the sites read.
   *
   * @param index of the model
   * @param sites that may be asked about
   * @param grid the shapes of requests; one that the model does not run at is left out
   * @throws UnrunnableModelException if ONNX Runtime does not accept the model
   */
  public static SiteTimings of(
      OnnxModel model,
      GraphIndex index,
      Collection<Site> sites,
      List<GridShape> grid,
      TimingFiles files) {
    Set<Value> read = new LinkedHashSet<>();
    sites.stream()
        .filter(s -> obstacle(s).isEmpty())
        .forEach(s -> read.addAll(new SiteNodes(index, s).computed()));
    return new SiteTimings(
        model, index, OperandShapes.of(model, index, files.canonical(), read, grid), files);
  }

  /** The shapes of the grid that the model runs at. */
  public List<GridShape> grid() {
    return shapes.grid();
  }

  /**
   * The largest rank of each site that is no slower than its weight.
   *
   * @param multipleOf ranks are multiples of this, and below the break-even rank
   * @param progress is told before each kind of site
   */
  public Map<Site, Verdict> largestWinningRanks(
      List<Site> sites, int multipleOf, TimingProgress progress) {
    Map<String, Verdict> known = new LinkedHashMap<>();
    Map<Site, Verdict> verdicts = new LinkedHashMap<>();
    for (Site site : sites) {
      Optional<String> objection = objection(site);
      if (objection.isPresent()) {
        verdicts.put(site, new Verdict.Untimed(objection.get()));
        continue;
      }
      String key = siteCase(site).key();
      if (!known.containsKey(key)) {
        progress.at((double) verdicts.size() / sites.size(), "timing " + site.name());
        known.put(key, search(site, multipleOf));
      }
      verdicts.put(site, known.get(key));
    }
    return verdicts;
  }

  /**
   * A site's latency at one shape of the grid, measured or remembered.
   *
   * @throws IllegalArgumentException if the site lies in a branch or a loop
   * @throws UnrunnableModelException if it does not run alone
   */
  public PairTiming timing(Site site, int rank, GridShape at) {
    Optional<String> objection = objection(site);
    if (objection.isPresent()) {
      throw new IllegalArgumentException("site '%s' %s".formatted(site.name(), objection.get()));
    }
    try (SiteClock clock = clock(site)) {
      return clock.time(rank, at);
    } finally {
      cache.save();
    }
  }

  /** Sites with the same key have the same latency, dense and at any rank. */
  String kind(Site site) {
    return siteCase(site).key();
  }

  /** Why a site cannot be timed alone. */
  Optional<String> objection(Site site) {
    return shapes.refusal().or(() -> obstacle(site));
  }

  private Verdict search(Site site, int multipleOf) {
    try (SiteClock clock = clock(site)) {
      return new WinningRank(clock::time, grid(), multipleOf).verdict(site);
    } catch (UnrunnableModelException e) {
      return new Verdict.Untimed("does not run alone: " + e.getMessage());
    } finally {
      cache.save();
    }
  }

  private SiteClock clock(Site site) {
    return new SiteClock(siteCase(site), cache, files.scratch());
  }

  private SiteCase siteCase(Site site) {
    return new SiteCase(model, index, site, shapes);
  }

  /** Why a site cannot be cut out of its model. */
  static Optional<String> obstacle(Site site) {
    return site.uses().stream().anyMatch(u -> u.node().graph() != 0)
        ? Optional.of("is used in a branch or a loop, whose shapes are not known")
        : Optional.empty();
  }
}
