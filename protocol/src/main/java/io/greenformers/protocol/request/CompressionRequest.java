package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * One compression: which model, to what goal, by which method.
 *
 * <p>Read and written by {@link RequestDocument}, which fills in the defaults.
 *
 * @param model {@code sha256:…} of an uploaded model, or a path where the request is run locally
 * @param method how the graph is compressed
 * @param budget the goal
 * @param solver how the factors of a weight are found
 * @param ranks how ranks are chosen
 * @param data real inputs to measure fidelity on; without it, inputs are random but valid
 * @param evaluation what is measured
 * @param seed of every random choice
 */
public record CompressionRequest(
    String model,
    Method method,
    Budget budget,
    Solver solver,
    Ranks ranks,
    Optional<TextData> data,
    Evaluation evaluation,
    long seed) {

  /** How the graph is compressed. */
  public enum Method {
    @JsonProperty("low-rank")
    LOW_RANK
  }

  /** How the factors of a weight are found. */
  public enum Solver {
    /** The best that this version has for the request. */
    @JsonProperty("auto")
    AUTO,
    /** Truncated singular value decomposition. */
    @JsonProperty("svd")
    SVD
  }

  public CompressionRequest {
    Checks.require(!model.isBlank(), "model", "sha256:… or a path", "nothing");
    Checks.require(
        ranks.policy() != Ranks.Policy.BUDGET || budget.sizeRatio().isPresent(),
        "budget.sizeRatio",
        "a number in (0, 1], which the rank policy 'budget' needs",
        "nothing");
  }
}
