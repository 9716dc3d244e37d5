package io.greenformers.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What to do with a model. What is not set has the service's default.
 *
 * <pre>{@code
 * CompressionRequest.of(model.id()).sizeRatio(0.6).rankPolicy("budget").build()
 * }</pre>
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

  /** Collects the fields of a request. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> document = new LinkedHashMap<>();

    private Builder(String model) {
      document.put("model", model);
    }

    /** The most compressed / original bytes of all files, in (0, 1]. */
    public Builder sizeRatio(double most) {
      return set("budget.sizeRatio", most);
    }

    /** The most compressed / original p50, worst of the grid. */
    public Builder latencyRatio(double most) {
      return set("budget.latencyRatio", most);
    }

    /** How factors are found: {@code auto}, {@code svd}. */
    public Builder solver(String solver) {
      return set("solver", solver);
    }

    /**
     * {@code budget}, {@code uniform}, {@code energy}, {@code fixed}, {@code manual}, {@code full}.
     */
    public Builder rankPolicy(String policy) {
      return set("ranks.policy", policy);
    }

    /** For {@code uniform}: the share of each site's weights that is kept. */
    public Builder ratio(double ratio) {
      return set("ranks.ratio", ratio);
    }

    /** For {@code energy}: the least share of the energy that is kept. */
    public Builder retained(double retained) {
      return set("ranks.retained", retained);
    }

    /** For {@code fixed}: the rank of every site. */
    public Builder rank(int rank) {
      return set("ranks.rank", rank);
    }

    /** Site name patterns that may be factorized. */
    public Builder include(List<String> patterns) {
      return set("ranks.include", List.copyOf(patterns));
    }

    /** Site name patterns that are kept. */
    public Builder exclude(List<String> patterns) {
      return set("ranks.exclude", List.copyOf(patterns));
    }

    /**
     * Measures fidelity on texts: the ids of two datasets, one text per line and tokenizer.json.
     */
    public Builder texts(String evaluation, String tokenizer) {
      return set("data.evaluation", evaluation).set("data.tokenizer", tokenizer);
    }

    /** Tokens after which a text is truncated. */
    public Builder maxLength(int tokens) {
      return set("data.maxLength", tokens);
    }

    /** The shapes that both models are timed on. */
    public Builder latencyGrid(List<Integer> batchSizes, List<Integer> sequenceLengths) {
      return set("evaluation.latency.batchSizes", List.copyOf(batchSizes))
          .set("evaluation.latency.sequenceLengths", List.copyOf(sequenceLengths));
    }

    /** Of every random choice. */
    public Builder seed(long seed) {
      return set("seed", seed);
    }

    /**
     * Sets any field of the request document.
     *
     * @param path with dots, for example {@code ranks.multipleOf}
     */
    @SuppressWarnings("unchecked") // what is put into the document here is nothing but such maps
    public Builder set(String path, Object value) {
      List<String> names = new ArrayList<>(List.of(path.split("\\.", -1)));
      String last = names.remove(names.size() - 1);
      Map<String, Object> below = document;
      for (String name : names) {
        below = (Map<String, Object>) below.computeIfAbsent(name, n -> new LinkedHashMap<>());
      }
      below.put(last, value);
      return this;
    }

    public CompressionRequest build() {
      return new CompressionRequest(JSON.writeValueAsString(document));
    }
  }
}
