package io.greenformers.engine.calibration;

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

/** What was observed of the inputs of some sites. Holds native memory until closed. */
public final class Observations implements AutoCloseable {
  /** Added to the count of every row of a table: a token that was not seen may still come. */
  private static final double UNSEEN = 0.05;

  private final GraphIndex index;
  private final Map<SiteInputs, Observed> observed = new LinkedHashMap<>();

  private Observations(GraphIndex index) {
    this.index = index;
  }

  /** Adds the outputs to a graph that the sites are observed by. */
  static Observations prepare(GraphIndex index, List<Site> sites, MomentGraph graph) {
    Observations observations = new Observations(index);
    for (Site site : sites) {
      SiteInputs.of(index, site)
          .ifPresent(
              inputs -> observations.observed.computeIfAbsent(inputs, i -> Observed.by(graph, i)));
    }
    return observations;
  }

  boolean isEmpty() {
    return observed.isEmpty();
  }

  /** Adds what one run told. */
  void add(Map<String, Tensor> outputs) {
    observed.values().forEach(o -> o.add(outputs));
  }

  /** The statistics of the inputs of a site, where they were observed. */
  public Optional<Moments> moments(Site site) {
    return find(site)
        .filter(Observed.Statistics.class::isInstance)
        .map(o -> ((Observed.Statistics) o).moments());
  }

  /**
   * How the errors of a site's weight weigh.
   *
   * @param centered whether a bias will restore the mean of the outputs
   */
  public InputWeighting weighting(Site site, boolean centered) {
    return find(site)
        .<InputWeighting>map(o ->
            switch (o) {
              case Observed.Statistics s -> InputWeighting.Covariance.of(s.moments(), centered);
              case Observed.Counts c -> c.frequencies(site);
            })
        .orElseGet(InputWeighting.None::new);
  }

  private Optional<Observed> find(Site site) {
    return SiteInputs.of(index, site).flatMap(i -> Optional.ofNullable(observed.get(i)));
  }

  @Override
  public void close() {
    observed.values().forEach(Observed::close);
  }

  /** One input of one or more sites. */
  private sealed interface Observed {
    static Observed by(MomentGraph graph, SiteInputs inputs) {
      return switch (inputs) {
        case SiteInputs.Rows r ->
            new Statistics(graph.add(r.value(), r.size(), r.axis() == -1), new Moments(r.size()));
        case SiteInputs.Numbers n -> new Counts(graph.observe(n.value()), new HashMap<>());
      };
    }

    void add(Map<String, Tensor> outputs);

    void close();

    record Statistics(MomentGraph.Outputs names, Moments moments) implements Observed {
      @Override
      public void add(Map<String, Tensor> outputs) {
        moments.add(
            output(outputs, names.count()).get(0),
            floats(output(outputs, names.sums())),
            floats(output(outputs, names.products())));
      }

      private static FloatBuffer floats(Tensor tensor) {
        return tensor.bytes().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
      }

      @Override
      public void close() {
        moments.close();
      }
    }

    record Counts(String name, Map<Long, Integer> counts) implements Observed {
      @Override
      public void add(Map<String, Tensor> outputs) {
        Tensor numbers = output(outputs, name);
        for (int i = 0; i < numbers.elements(); i++) {
          counts.merge((long) numbers.get(i), 1, Integer::sum);
        }
      }

      InputWeighting frequencies(Site site) {
        double[] weights = new double[site.rows()];
        Arrays.fill(weights, UNSEEN);
        counts.forEach((number, count) -> {
          long row = number < 0 ? number + weights.length : number;
          weights[Math.toIntExact(row)] += count;
        });
        return new InputWeighting.Rows(weights);
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
}
