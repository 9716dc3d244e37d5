package io.greenformers.engine.calibration;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.site.Site;
import io.greenformers.engine.data.PaddingMask;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Observes the inputs of sites while the model runs on a calibration set.
 *
 * <p>Sites are observed in groups, so that the statistics of all of them need not be in memory at
 * once.
 */
public final class Calibration {
  private final OnnxModel model;
  private final GraphIndex index;
  private final List<Map<String, Tensor>> batches;
  private final InputCounts counted;
  private final Optional<String> mask;

  /**
   * Prepares to observe.
   *
   * @param batches the inputs of each run, by name; {@link PaddingMask} is 0 where there is padding
   * @param counted of further examples, for tables that an input of the model looks up
   */
  public Calibration(
      OnnxModel model, GraphIndex index, List<Map<String, Tensor>> batches, InputCounts counted) {
    this.model = model;
    this.index = index;
    this.batches = List.copyOf(batches);
    this.counted = counted;
    this.mask =
        batches.stream()
            .filter(Calibration::isPadded)
            .findFirst()
            .flatMap(batch -> PaddingMask.of(batch.keySet()));
  }

  /** Writes the model with its additional outputs for ONNX Runtime. */
  @FunctionalInterface
  public interface Writer {
    Path write(OnnxModel model);
  }

  /**
   * Sites in groups, in their order, whose statistics take at most so many bytes, or one site's.
   */
  public List<List<Site>> groups(List<Site> sites, long mostBytes) {
    List<List<Site>> groups = new ArrayList<>();
    Set<SiteInputs> observed = new HashSet<>();
    long bytes = 0;
    for (Site site : sites) {
      Optional<SiteInputs> inputs = SiteInputs.of(index, site).map(SiteInputs.Found::inputs);
      long more = inputs.filter(i -> !observed.contains(i)).map(Calibration::bytes).orElse(0L);
      if (groups.isEmpty() || bytes + more > mostBytes) {
        groups.add(new ArrayList<>());
        observed.clear();
        bytes = 0;
      }
      inputs.ifPresent(observed::add);
      bytes += more;
      groups.getLast().add(site);
    }
    return groups;
  }

  private static long bytes(SiteInputs inputs) {
    return switch (inputs) {
      case SiteInputs.Rows r -> r.bytes();
      case SiteInputs.Numbers n -> 0;
    };
  }

  /**
   * Runs the model on the whole calibration set.
   *
   * @param sites a group of {@link #groups}
   * @param writer where the graph that observes them is written
   * @param progress is told the fraction done
   */
  public Observations observe(List<Site> sites, Writer writer, DoubleConsumer progress) {
    MomentGraph graph = new MomentGraph(model, index, mask);
    Observations observations = Observations.prepare(index, sites, graph, counted);
    if (observations.isEmpty()) {
      return observations;
    }
    try (ModelSession session = ModelSession.open(writer.write(graph.build()), Optimization.ALL)) {
      for (int i = 0; i < batches.size(); i++) {
        progress.accept((double) i / batches.size());
        Optional<Tensor> tokens = mask.map(batches.get(i)::get);
        try (Feed feed = Feed.of(batches.get(i))) {
          session.read(feed, outputs -> observations.add(outputs, tokens));
        }
      }
      return observations;
    } catch (Throwable e) {
      observations.close();
      throw e;
    }
  }

  private static boolean isPadded(Map<String, Tensor> batch) {
    return PaddingMask.of(batch.keySet())
        .map(batch::get)
        .filter(values -> IntStream.range(0, values.elements()).anyMatch(i -> values.get(i) == 0))
        .isPresent();
  }
}
