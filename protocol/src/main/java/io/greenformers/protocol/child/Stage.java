package io.greenformers.protocol.child;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.greenformers.protocol.request.CompressionRequest;
import java.util.List;

/** What an engine child may be asked to do: each in a child of its own. */
public enum Stage {
  /** Validates the model and lists its sites: adds {@code inspection.json}. */
  @JsonProperty("inspect")
  INSPECT,
  /**
   * Says from the spectra of the weights which sizes are in reach, before anything is spent: adds
   * {@code prediction.json}. Not part of a compression.
   */
  @JsonProperty("predict")
  PREDICT,
  /**
   * Compares any two models, {@code original/*} and {@code compressed/*}: adds what {@link
   * #EVALUATE} does, but for the manifest. Not part of a compression.
   */
  @JsonProperty("verify")
  VERIFY,
  /** Rewrites the graph: adds {@code compressed/*} and {@code factorization.json}. */
  @JsonProperty("factorize")
  FACTORIZE,
  /**
   * Trains the compressed model with the original as its teacher: adds {@code recovered/*} and
   * {@code recovery.json}. Only where the request asks for it.
   */
  @JsonProperty("recover")
  RECOVER,
  /**
   * Measures both models: adds the report, as {@code report.json}, {@code report.html}, {@code
   * report.md} and {@code report.junit.xml}, and {@code manifest.json}.
   */
  @JsonProperty("evaluate")
  EVALUATE;

  /** The stages of a compression, in the order in which they run. */
  public static List<Stage> of(CompressionRequest request) {
    return request.recovery().isPresent()
        ? List.of(INSPECT, FACTORIZE, RECOVER, EVALUATE)
        : List.of(INSPECT, FACTORIZE, EVALUATE);
  }
}
