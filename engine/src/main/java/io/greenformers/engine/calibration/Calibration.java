package io.greenformers.engine.calibration;

import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteInput;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;

/**
 * Observes the inputs of sites while the model runs on a calibration set.
 *
 * <p>Sites are observed in groups, so that the statistics of all of them need not be in memory at
 * once. A site whose inputs cannot be observed has none, and is decomposed in the plain norm.
 */
public final class Calibration {
  /** Added to the count of every row of a table: a token that was not seen may still come. */
  private static final double UNSEEN = 0.05;

  private static final String MASK = "attention_mask";

  private final OnnxModel model;
  private final GraphIndex index;
  private final List<Map<String, Tensor>> batches;

  /**
   * Prepares to observe.
   *
   * @param batches the inputs of each run, by name; {@code attention_mask} is 0 where there is
   *     padding
   */
  public Calibration(OnnxModel model, GraphIndex index, List<Map<String, Tensor>> batches) {
    this.model = model;
    this.index = index;
    this.batches = List.copyOf(batches);
  }

  /** Where the calibration graph is written for ONNX Runtime. */
  @FunctionalInterface
  public interface Writer {
    Path write(OnnxModel model);
  }

  /** Sites in groups whose statistics take at most so many bytes, or one site's. */
  public List<List<Site>> groups(List<Site> sites, long mostBytes) {
    List<List<Site>> groups = new ArrayList<>();
    Set<String> observed = new LinkedHashSet<>();
    long bytes = Long.MAX_VALUE;
    for (Site site : sites) {
      Optional<Activation> input = activation(site);
      long more =
          input
              .filter(a -> !observed.contains(a.value()))
              .map(a -> (Double.BYTES + Float.BYTES) * (long) a.size() * a.size())
              .orElse(0L);
      if (groups.isEmpty() || more > mostBytes - bytes) {
        groups.add(new ArrayList<>());
        observed.clear();
        bytes = 0;
      }
      input.ifPresent(a -> observed.add(a.value()));
      bytes += more;
      groups.getLast().add(site);
    }
    return groups;
  }

  /**
   * Runs the model on the whole calibration set.
   *
   * @param sites a group of {@link #groups}
   * @param writer of the model with its additional outputs
   * @param progress is told the fraction done
   */
  public Observations observe(List<Site> sites, Writer writer, DoubleConsumer progress) {
    Map<Activation, MomentGraph.Outputs> activations = new LinkedHashMap<>();
    Map<String, String> tables = new LinkedHashMap<>();
    MomentGraph graph = new MomentGraph(model, index, mask());
    for (Site site : sites) {
      activation(site)
          .ifPresent(a ->
              activations.computeIfAbsent(a, k -> graph.add(a.value(), a.size(), a.axis() == -1)));
      indices(site).ifPresent(v -> tables.computeIfAbsent(v, graph::observe));
    }
    Observations observations = new Observations(activations.keySet(), tables.keySet());
    if (activations.isEmpty() && tables.isEmpty()) {
      return observations;
    }
    try (ModelSession session = ModelSession.open(writer.write(graph.build()), Optimization.ALL)) {
      for (int i = 0; i < batches.size(); i++) {
        progress.accept((double) i / batches.size());
        try (Feed feed = Feed.of(batches.get(i))) {
          session.read(feed, outputs -> observations.add(activations, tables, outputs));
        }
      }
      return observations;
    } catch (Throwable e) {
      observations.close();
      throw e;
    }
  }

  private Optional<String> mask() {
    return batches.stream().anyMatch(b -> hasPadding(b.get(MASK)))
        ? Optional.of(MASK)
        : Optional.empty();
  }

  private static boolean hasPadding(@org.jspecify.annotations.Nullable Tensor mask) {
    for (int i = 0; mask != null && i < mask.elements(); i++) {
      if (mask.get(i) == 0) {
        return true;
      }
    }
    return false;
  }

  /** The activations x [..., n] that all uses of a site share. */
  record Activation(String value, int size, int axis) {}

  private Optional<Activation> activation(Site site) {
    List<Activation> all = new ArrayList<>();
    for (Site.Use use : site.uses()) {
      if (SiteInput.of(index, site, use) instanceof SiteInput.Activations a
          && a.value().graph() == 0
          && !use.role().weightIsLeft()
          && (a.axis() == -1 || use.role() == Site.Role.GEMM_RIGHT)) {
        int in = use.transposed() ? site.columns() : site.rows();
        all.add(new Activation(a.value().name(), in, a.axis()));
      }
    }
    boolean one = all.size() == site.uses().size() && all.stream().distinct().count() == 1;
    return one ? Optional.of(all.getFirst()) : Optional.empty();
  }

  private Optional<String> indices(Site site) {
    return site.uses().stream()
        .map(use -> SiteInput.of(index, site, use))
        .filter(SiteInput.Indices.class::isInstance)
        .map(SiteInput::value)
        .filter(v -> v.graph() == 0)
        .map(GraphIndex.Value::name)
        .findFirst();
  }

  /** What was observed. Holds native memory until closed. */
  public final class Observations implements AutoCloseable {
    private final Map<Activation, Moments> moments = new LinkedHashMap<>();
    private final Map<String, Map<Long, Integer>> counts = new LinkedHashMap<>();

    Observations(Set<Activation> activations, Set<String> tables) {
      activations.forEach(a -> moments.put(a, new Moments(a.size())));
      tables.forEach(t -> counts.put(t, new LinkedHashMap<>()));
    }

    private void add(
        Map<Activation, MomentGraph.Outputs> activations,
        Map<String, String> tables,
        Map<String, Tensor> outputs) {
      activations.forEach((activation, names) ->
          moments
              .get(activation)
              .add(
                  outputs.get(names.count()).get(0),
                  floats(outputs.get(names.sums())),
                  floats(outputs.get(names.products()))));
      tables.forEach((value, name) -> {
        Tensor indices = outputs.get(name);
        for (int i = 0; i < indices.elements(); i++) {
          counts.get(value).merge((long) indices.get(i), 1, Integer::sum);
        }
      });
    }

    private static FloatBuffer floats(Tensor tensor) {
      return tensor.bytes().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** The statistics of the inputs of a site, where they were observed. */
    public Optional<Moments> moments(Site site) {
      return activation(site).map(moments::get);
    }

    /**
     * How the errors of a site's weight weigh.
     *
     * @param centered whether a bias will restore the mean of the outputs
     */
    public InputWeighting weighting(Site site, boolean centered) {
      Optional<InputWeighting> covariance =
          moments(site).map(m -> InputWeighting.Covariance.of(m, centered));
      return covariance
          .or(() -> indices(site).map(counts::get).map(seen -> frequencies(site, seen)))
          .orElseGet(InputWeighting.None::new);
    }

    private static InputWeighting frequencies(Site site, Map<Long, Integer> seen) {
      double[] weights = new double[site.rows()];
      for (int row = 0; row < weights.length; row++) {
        weights[row] = UNSEEN;
      }
      seen.forEach((index, count) -> {
        long row = index < 0 ? index + weights.length : index;
        weights[Math.toIntExact(row)] += count;
      });
      return new InputWeighting.Rows(weights);
    }

    @Override
    public void close() {
      moments.values().forEach(Moments::close);
    }
  }
}
