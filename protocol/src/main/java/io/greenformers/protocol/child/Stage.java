package io.greenformers.protocol.child;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** A step of a compression, in order; each runs in an engine child of its own. */
public enum Stage {
  /** Validates the model and lists its sites: adds {@code inspection.json}. */
  @JsonProperty("inspect")
  INSPECT,
  /** Rewrites the graph: adds {@code compressed/*} and {@code factorization.json}. */
  @JsonProperty("factorize")
  FACTORIZE,
  /** Measures both models: adds {@code report.json}, {@code report.html}, {@code manifest.json}. */
  @JsonProperty("evaluate")
  EVALUATE;

  /** The stages of a compression, in the order in which they run. */
  public static final List<Stage> COMPRESSION = List.of(INSPECT, FACTORIZE, EVALUATE);
}
