package io.greenformers.engine.calibration;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.site.Site;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What was observed of the inputs of some sites. Holds native memory until closed. */
public final class Observations implements AutoCloseable {
  /** Least of what is added to the count of every row of a table: an unseen one may still come. */
  private static final double UNSEEN = 0.05;

  private static final Set<String> SAME_NUMBERS = Set.of("Cast", "Identity");

  private final GraphIndex index;
  private final Map<SiteInputs, Observed> observed = new LinkedHashMap<>();

  private Observations(GraphIndex index) {
    this.index = index;
  }

  /** Adds the outputs to a graph that the sites are observed by. */
  static Observations prepare(
      GraphIndex index, List<Site> sites, MomentGraph graph, InputCounts counted) {
    Observations observations = new Observations(index);
    for (Site site : sites) {
      SiteInputs.of(index, site)
          .ifPresent(found ->
              observations.observed.computeIfAbsent(
                  found.inputs(), inputs -> observations.observed(inputs, graph, counted)));
    }
    return observations;
  }

  private Observed observed(SiteInputs inputs, MomentGraph graph, InputCounts counted) {
    return switch (inputs) {
      case SiteInputs.Rows r ->
          new Statistics(
              r.values().stream().map(source -> graph.add(source, r.size())).toList(),
              new Moments(r.size()));
      case SiteInputs.Numbers n ->
          new Counts(
              graph.observe(n.value()), modelInput(n.value()).map(counted::of).orElse(Map.of()));
    };
  }

  /** The input of the model that numbers are, in whatever type. */
  private Optional<String> modelInput(String numbers) {
    GraphIndex.Value value = new GraphIndex.Value(0, numbers);
    while (!index.isInput(value)) {
      Optional<GraphIndex.NodeRef> producer =
          index.producer(value).filter(p -> SAME_NUMBERS.contains(index.node(p).getOpType()));
      if (producer.isEmpty()) {
        return Optional.empty();
      }
      value = index.input(producer.get(), 0).orElseThrow();
    }
    return Optional.of(value.name());
  }

  boolean isEmpty() {
    return observed.isEmpty();
  }

  /**
   * Adds what one run told.
   *
   * @param mask 1 for tokens and 0 for padding, where the model is given one
   */
  void add(Map<String, Tensor> outputs, Optional<Tensor> mask) {
    observed.values().forEach(o -> o.add(outputs, mask));
  }

  /** The statistics of the inputs of a site, over all its uses, where they were observed. */
  public Optional<Moments> moments(Site site) {
    return find(site).flatMap(Observed::moments);
  }

  /** The use that the weighting of a site is for: which side of the weight its inputs meet. */
  public Site.Use use(Site site) {
    return SiteInputs.of(index, site)
        .map(SiteInputs.Found::use)
        .orElseGet(() -> site.uses().getFirst());
  }

  /**
   * How the errors of a site's weight weigh.
   *
   * @param centered whether a bias will restore the mean of the outputs
   */
  public InputWeighting weighting(Site site, boolean centered) {
    return find(site).map(o -> o.weighting(site, centered)).orElseGet(InputWeighting.None::new);
  }

  private Optional<Observed> find(Site site) {
    return SiteInputs.of(index, site).flatMap(f -> Optional.ofNullable(observed.get(f.inputs())));
  }

  @Override
  public void close() {
    observed.values().forEach(Observed::close);
  }

  /** One input of one or more sites. */
  private interface Observed extends AutoCloseable {
    void add(Map<String, Tensor> outputs, Optional<Tensor> mask);

    Optional<Moments> moments();

    InputWeighting weighting(Site site, boolean centered);

    @Override
    void close();
  }

  private static final class Statistics implements Observed {
    private final List<MomentGraph.Outputs> names;
    private final Moments moments;
    private boolean broken;

    Statistics(List<MomentGraph.Outputs> names, Moments moments) {
      this.names = names;
      this.moments = moments;
    }

    @Override
    public void add(Map<String, Tensor> outputs, Optional<Tensor> mask) {
      for (MomentGraph.Outputs some : names) {
        try {
          moments.add(
              output(outputs, some.count()).get(0),
              floats(output(outputs, some.sums())),
              floats(output(outputs, some.products())));
        } catch (DecompositionException e) {
          // the plain norm is left: it does not depend on what overflows
          System.err.println("inputs of a site cannot be used: " + e.getMessage());
          broken = true;
        }
      }
    }

    @Override
    public Optional<Moments> moments() {
      return broken ? Optional.empty() : Optional.of(moments);
    }

    @Override
    public InputWeighting weighting(Site site, boolean centered) {
      return broken ? new InputWeighting.None() : InputWeighting.Covariance.of(moments, centered);
    }

    private static FloatBuffer floats(Tensor tensor) {
      return tensor.bytes().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public void close() {
      moments.close();
    }
  }

  private static final class Counts implements Observed {
    private final String name;
    private final Map<Long, Integer> counts;

    Counts(String name, Map<Long, Integer> before) {
      this.name = name;
      this.counts = new HashMap<>(before);
    }

    @Override
    public void add(Map<String, Tensor> outputs, Optional<Tensor> mask) {
      InputCounts.add(output(outputs, name), mask, counts);
    }

    @Override
    public Optional<Moments> moments() {
      return Optional.empty();
    }

    @Override
    public InputWeighting weighting(Site site, boolean centered) {
      double[] weights = new double[site.rows()];
      Arrays.fill(weights, Math.max(UNSEEN, unseen(weights.length)));
      counts.forEach((number, count) -> {
        long row = number < 0 ? number + weights.length : number;
        if (row >= 0 && row < weights.length) {
          weights[Math.toIntExact(row)] += count;
        }
      });
      return new InputWeighting.Rows(weights);
    }

    /**
     * How often one of the rows that were not seen is to be expected: all of them together as often
     * as there are rows that were seen once (Good, The population frequencies of species and the
     * estimation of population parameters, Biometrika 40, 1953).
     */
    private double unseen(int rows) {
      long once = counts.values().stream().filter(count -> count == 1).count();
      return (double) once / Math.max(1, rows - counts.size());
    }

    @Override
    public void close() {
      // heap memory only
    }
  }

  private static Tensor output(Map<String, Tensor> outputs, String name) {
    Tensor output = outputs.get(name);
    if (output == null) {
      throw new IllegalStateException("expected the output " + name);
    }
    return output;
  }
}
