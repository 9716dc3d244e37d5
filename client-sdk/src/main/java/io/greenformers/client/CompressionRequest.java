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

    /**
     * The most original − compressed accuracy, from 0 to 1: a bound of its upper confidence bound.
     * Needs {@link #evaluation} or {@link #train} with labels.
     */
    public Builder accuracyDrop(double most) {
      return set("budget.accuracyDrop", most);
    }

    /** Of the upper bound of the drop in accuracy, in [0.5, 1); 0.95 where it is not set. */
    public Builder confidence(double confidence) {
      return set("evaluation.confidence", confidence);
    }

    /**
     * How factors are found: {@code auto}, {@code svd}, {@code activation-aware}, {@code fisher},
     * {@code snmf}, {@code nmf}, {@code random}.
     */
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

    /** Whether sites that factors do not make faster stay dense, unless the size needs them. */
    public Builder neverSlower(boolean neverSlower) {
      return set("ranks.neverSlower", neverSlower);
    }

    /** {@code onnxruntime}: its fused operators too; {@code onnx}: standard operators only. */
    public Builder operators(String operators) {
      return set("operators", operators);
    }

    /**
     * How what stays dense is stored: {@code keep}, {@code fp16}, {@code int8}, {@code
     * int8-dynamic}.
     */
    public Builder denseStorage(String storage) {
      return set("storage.dense", storage);
    }

    /** Site name patterns that may be factorized. */
    public Builder include(List<String> patterns) {
      return set("ranks.include", List.copyOf(patterns));
    }

    /** Site name patterns that are kept. */
    public Builder exclude(List<String> patterns) {
      return set("ranks.exclude", List.copyOf(patterns));
    }

    /** Measures on texts: the ids of two datasets, the texts and tokenizer.json. */
    public Builder texts(String evaluation, String tokenizer) {
      return evaluation(evaluation).tokenizer(tokenizer);
    }

    /** The id of the training texts; statistics are taken from them where nothing else is given. */
    public Builder train(String dataset) {
      return set("data.train", dataset);
    }

    /**
     * The id of the held-out texts; part of them is calibrated with where nothing else is given.
     */
    public Builder evaluation(String dataset) {
      return set("data.evaluation", dataset);
    }

    /** The id of the texts that statistics are taken from. */
    public Builder calibration(String dataset) {
      return set("data.calibration", dataset);
    }

    /** The id of the {@code tokenizer.json}. */
    public Builder tokenizer(String dataset) {
      return set("data.tokenizer", dataset);
    }

    /** How texts are held: {@code auto}, {@code text}, {@code csv}, {@code tsv}, {@code jsonl}. */
    public Builder format(String format) {
      return set("data.format", format);
    }

    /** What the model does: {@code text-classification} or {@code text}. */
    public Builder task(String task) {
      return set("data.task", task);
    }

    /** The column, or JSON field, of the text; guessed where it is not set. */
    public Builder textColumn(String name) {
      return set("data.columns.text", name);
    }

    /** The column of the second text of a pair. */
    public Builder textPairColumn(String name) {
      return set("data.columns.textPair", name);
    }

    /** The column of the label; setting it has the accuracy of both models measured. */
    public Builder labelColumn(String name) {
      return set("data.columns.label", name);
    }

    /** How many texts statistics are taken from at most; 512 where it is not set. */
    public Builder calibrationSamples(int most) {
      return set("calibration.samples", most);
    }

    /** Tokens after which a text is truncated. */
    public Builder maxLength(int tokens) {
      return set("data.maxLength", tokens);
    }

    /**
     * Trains the compressed model for so many epochs, with the original as its teacher. Needs
     * texts: {@link #train}, or one of the others.
     */
    public Builder recover(int epochs) {
      return set("recovery.epochs", epochs);
    }

    /** The highest learning rate of the training; 1e-4 where it is not set. */
    public Builder learningRate(double rate) {
      return set("recovery.learningRate", rate);
    }

    /**
     * What the training makes small, as weights of the distance to the original's outputs, to its
     * values inside, and to the labels; 0.7, 0 and 0.3 where it is not set.
     */
    public Builder losses(double logits, double hidden, double labels) {
      return set("recovery.distillation.logits", logits)
          .set("recovery.distillation.hidden", hidden)
          .set("recovery.labels", labels);
    }

    /** The longest that the training may take, as {@code 90s}, {@code 30m} or {@code 2h}. */
    public Builder longestTraining(String duration) {
      return set("recovery.maxDuration", duration);
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
