package io.greenformers.client;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What to do with a model. What is not set has the service's default; the service checks the
 * values, and names the field of one that is out of range. Immutable.
 *
 * {@snippet file="io/greenformers/client/snippets/Requests.java" region="request"}
 */
public final class CompressionRequest {
  private static final JsonMapper JSON = new JsonMapper();

  private final String json;

  private CompressionRequest(String json) {
    this.json = json;
  }

  /**
   * Starts a request.
   *
   * @param model the id of an uploaded model
   */
  public static Builder of(String model) {
    return new Builder(model);
  }

  /**
   * Takes a whole request document.
   *
   * @throws InvalidDataException if it is no JSON
   */
  public static CompressionRequest ofJson(String document) {
    try {
      return new CompressionRequest(JSON.writeValueAsString(JSON.readTree(document)));
    } catch (JacksonException e) {
      throw new InvalidDataException("a request: expected JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The request document. */
  public String json() {
    return json;
  }

  /** The request document. */
  @Override
  public String toString() {
    return json;
  }

  /** How the graph is compressed. */
  public enum Method {
    /** Low-rank factors. */
    LOW_RANK,
    /** Self-attention in time linear in the length; weights stay as they are. */
    LINFORMER,
    /** Both, attention where that is faster at the longest length that is timed. */
    AUTO
  }

  /** Collects the fields of a request. Not thread-safe. */
  public static final class Builder {
    private Fields fields;

    private Builder(String model) {
      this.fields = Fields.NONE.with("model", model);
    }

    /** How the graph is compressed. */
    public Builder method(Method method) {
      return set("method", method);
    }

    /**
     * How many places Linformer projects keys and values to; 128 where it is not set. Needs a
     * {@link #method} that changes attention.
     */
    public Builder projectedLength(int places) {
      return set("linformer.projectedLength", places);
    }

    /** The most compressed / original bytes of all files, in (0, 1]. */
    public Builder sizeRatio(double most) {
      return set("budget.sizeRatio", most);
    }

    /** The most compressed / original p50, worst of the grid. */
    public Builder latencyRatio(double most) {
      return set("budget.latencyRatio", most);
    }

    /**
     * The most original − compressed accuracy, in the metric's unit: a bound of its upper
     * confidence bound. Needs {@link #data} with labels.
     */
    public Builder accuracyDrop(double most) {
      return set("budget.accuracyDrop", most);
    }

    /** How factors are found; {@link Solver#AUTO} where it is not set. */
    public Builder solver(Solver solver) {
      return set("solver", solver);
    }

    /** How ranks are chosen, and for which sites. */
    public Builder ranks(Ranks ranks) {
      return set("ranks", ranks.fields());
    }

    /** What to calibrate, to train and to measure with; without it, inputs are random but valid. */
    public Builder data(Examples examples) {
      return set("data", examples.fields());
    }

    /** How many examples statistics are taken from at most; 512 where it is not set. */
    public Builder calibrationSamples(int most) {
      return set("calibration.samples", most);
    }

    /** Trains the compressed model. */
    public Builder recovery(Recovery recovery) {
      return set("recovery", recovery.fields());
    }

    /** How what stays dense is stored; {@link DenseStorage#KEEP} where it is not set. */
    public Builder denseStorage(DenseStorage storage) {
      return set("storage.dense", storage);
    }

    /** Which operators may be used; {@link Operators#ONNXRUNTIME} where it is not set. */
    public Builder operators(Operators operators) {
      return set("operators", operators);
    }

    /** The shapes that both models are timed on; each batch size with each length. */
    public Builder latencyGrid(List<Integer> batchSizes, List<Integer> sequenceLengths) {
      return set("evaluation.latency.batchSizes", batchSizes)
          .set("evaluation.latency.sequenceLengths", sequenceLengths);
    }

    /** Of the upper bound of the drop in accuracy, in [0.5, 1); 0.95 where it is not set. */
    public Builder confidence(double confidence) {
      return set("evaluation.confidence", confidence);
    }

    /** What accuracy is measured by; the usual one of the task where it is not set. */
    public Builder metric(Metric metric) {
      return set("evaluation.metric", metric);
    }

    /** Of every random choice; 0 where it is not set. */
    public Builder seed(long seed) {
      return set("seed", seed);
    }

    /**
     * Sets any field, for services that know more than this client.
     *
     * @param path with dots, for example {@code ranks.multipleOf}
     */
    public Builder set(String path, Object value) {
      fields = fields.with(path, value);
      return this;
    }

    /** The request as it is now. */
    public CompressionRequest build() {
      return new CompressionRequest(fields.json());
    }
  }
}
