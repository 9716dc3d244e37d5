package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.timing.SiteGraph.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times one site alone, dense against factorized. Holds native memory until closed. */
final class SiteBench implements AutoCloseable {
  private static final Duration BUDGET = Duration.ofMillis(100);

  private final SiteCase site;
  private final Path scratch;
  private final RandomTensors random = new RandomTensors(29);
  private final Map<Integer, ModelSession> dense = new HashMap<>();
  private final Map<Integer, ModelSession> factorized = new HashMap<>();
  private final Map<GridShape, Feed> feeds = new HashMap<>();
  private int factorizedRank;

  /**
   * Prepares; nothing is loaded before it is timed.
   *
   * @param scratch an empty directory
   */
  SiteBench(SiteCase site, Path scratch) {
    this.site = site;
    this.scratch = scratch;
  }

  /**
   * Measures one rank at one shape; where it seems slower, again in new sessions, of which the
   * better counts. On a busy machine the threads of one session may have got the worse processor
   * for as long as it lives; a gain that is none is found by {@link WholeModelCheck}, a loss that
   * is none would never be.
   *
   * @throws io.greenformers.engine.runtime.UnrunnableModelException if the site does not run alone
   */
  PairTiming time(int rank, GridShape at) {
    int copies = site.copies(at);
    Feed feed = feeds.computeIfAbsent(at, this::feed);
    PairTimer timer = new PairTimer(BUDGET, 1);
    PairTiming timing = timer.time(dense(copies), factorized(copies, rank), feed, copies);
    if (timing.ratio() <= 1) {
      return timing;
    }
    closeSessions();
    PairTiming again = timer.time(dense(copies), factorized(copies, rank), feed, copies);
    return again.ratio() < timing.ratio() ? again : timing;
  }

  private ModelSession dense(int copies) {
    return dense.computeIfAbsent(copies, c -> ModelSession.open(file(c), Optimization.ALL));
  }

  private ModelSession factorized(int copies, int rank) {
    if (rank != factorizedRank) {
      factorized.values().forEach(ModelSession::close);
      factorized.clear();
      factorizedRank = rank;
    }
    return factorized.computeIfAbsent(copies, c -> ModelSession.open(rewrite(c), Optimization.ALL));
  }

  private Path file(int copies) {
    Path file = scratch.resolve("dense-%d.onnx".formatted(copies));
    if (!Files.exists(file)) {
      SiteGraph graph = site.graph(SiteGraph.Yield.SHAPES);
      try (FileChannel weights =
          FileChannel.open(
              scratch.resolve(SiteGraph.WEIGHTS),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE)) {
        random.fill(weights, site.type(), copies * graph.stride());
        Files.write(file, graph.build(site.inputs(), copies).toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return file;
  }

  /** The same rewrite that the whole model would get. */
  private Path rewrite(int copies) {
    Map<String, Path> data = Map.of(SiteGraph.WEIGHTS, scratch.resolve(SiteGraph.WEIGHTS));
    OnnxModel model = ModelReader.read(new ModelFiles(file(copies), data), scratch);
    try (var weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      Map<Site, Factors> factors = new LinkedHashMap<>();
      for (Site copy : SiteFinder.find(model, index)) {
        if (SiteGraph.isWeight(copy.weight().name())) {
          factors.put(copy, factors(weights, random.elements(), copy, factorizedRank));
        }
      }
      OnnxModel rewritten = new FactorizePass(index, factors).apply(model).model();
      // a file that a session has mapped must not be written again
      Path directory = Files.createTempDirectory(scratch, "rank-" + factorizedRank + "-");
      return ModelWriter.write(rewritten, directory, "factorized.onnx").model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Factors of the shapes that the site's have, of no matter which values. */
  static Factors factors(WeightStore weights, WeightStore.Elements elements, Site site, int rank) {
    long rows = site.allTransposed() ? site.columns() : site.rows();
    long columns = site.allTransposed() ? site.rows() : site.columns();
    return new Factors(
        weights.append("left", site.type(), List.of(rows, (long) rank), elements),
        weights.append("right", site.type(), List.of((long) rank, columns), elements));
  }

  private Feed feed(GridShape at) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int position = 0;
    for (Map.Entry<Value, Input> entry : site.inputs(at).entrySet()) {
      Input input = entry.getValue();
      tensors.put(
          SiteGraph.input(position++),
          random.input(input.type(), input.shape(), site.tokenBound()));
    }
    return Feed.of(tensors);
  }

  @Override
  public void close() {
    feeds.values().forEach(Feed::close);
    feeds.clear();
    closeSessions();
  }

  private void closeSessions() {
    dense.values().forEach(ModelSession::close);
    factorized.values().forEach(ModelSession::close);
    dense.clear();
    factorized.clear();
  }
}
