package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.Parity;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The documents that stages hand on, as they are written. */
public final class Documents {
  private Documents() {}

  /**
   * {@code factorization.json}: what was decided and proven before anything was measured.
   *
   * @param solverReason why this solver
   * @param fusedOperators what ONNX Runtime fuses in both models
   * @param plan how ranks were chosen, where that took measurements or needs remarks
   */
  public record Factorization(
      int schemaVersion,
      String solver,
      Optional<String> solverReason,
      Size size,
      Parity parity,
      List<SiteDecision> sites,
      Optional<FusedOperators> fusedOperators,
      Optional<Plan> plan) {
    public Factorization {
      sites = List.copyOf(sites);
    }

    /** Without what is optional. */
    public Factorization(
        int schemaVersion, String solver, Size size, Parity parity, List<SiteDecision> sites) {
      this(
          schemaVersion,
          solver,
          Optional.empty(),
          size,
          parity,
          sites,
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * How many operators of which type ONNX Runtime makes when it optimises a model.
   *
   * @param before of the original
   * @param after of the compressed model
   */
  public record FusedOperators(Map<String, Integer> before, Map<String, Integer> after) {
    public FusedOperators {
      before = Collections.unmodifiableMap(new TreeMap<>(before));
      after = Collections.unmodifiableMap(new TreeMap<>(after));
    }
  }

  /**
   * How ranks were chosen.
   *
   * @param remarks for people
   * @param candidates what was measured on the way, in that order
   */
  public record Plan(List<String> remarks, List<Candidate> candidates) {
    public Plan {
      remarks = List.copyOf(remarks);
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * Ranks that were tried, in a model that was not written.
   *
   * @param sizeRatio predicted
   * @param distortion of the outputs, relative to how much they vary
   * @param accuracy on the texts to evaluate on
   * @param dropUpperBound of the drop in accuracy
   */
  public record Candidate(
      double sizeRatio,
      Optional<Double> distortion,
      Optional<Double> accuracy,
      Optional<Double> dropUpperBound) {}

  /**
   * Whole-file sizes, measured on the written bytes.
   *
   * @param ratio compressed / original bytes
   */
  public record Size(
      long originalBytes,
      long compressedBytes,
      double ratio,
      long originalParameters,
      long compressedParameters) {}

  /**
   * The bytes of a part of the model: {@code embeddings}, {@code attention}, {@code feed-forward}
   * or {@code other}.
   */
  public record PartSize(String part, long originalBytes, long compressedBytes) {}

  /**
   * A site's spectrum, thinned out.
   *
   * @param ranks ascending, from 1
   * @param values σ/σ₁ at each rank, in the norm of the solver
   * @param retained Σσ²kept/Σσ² at each rank
   */
  public record SpectrumCurve(List<Integer> ranks, List<Double> values, List<Double> retained) {
    public SpectrumCurve {
      ranks = List.copyOf(ranks);
      values = List.copyOf(values);
      retained = List.copyOf(retained);
      if (ranks.size() != values.size() || ranks.size() != retained.size()) {
        throw new IllegalArgumentException(
            "expected a value and a share for each of %d ranks, found %d and %d"
                .formatted(ranks.size(), values.size(), retained.size()));
      }
    }
  }

  /**
   * A row of {@code sites[]}; rank and retainedEnergy are 0 and 1 where the site is kept.
   *
   * @param spectrum where the run has it
   */
  public record SiteDecision(
      String name,
      String kind,
      String operator,
      List<Integer> shape,
      String decision,
      int rank,
      double retainedEnergy,
      String reason,
      Optional<SpectrumCurve> spectrum) {}

  /**
   * {@code recovery.json}: how the compressed model was trained.
   *
   * @param size of the trained model
   * @param training its figures
   */
  public record Recovery(int schemaVersion, Size size, Training training) {}

  /**
   * The figures of a training.
   *
   * @param steps of the optimizer
   * @param epochs that were finished
   * @param device {@code cpu} or {@code cuda}
   * @param precision that products were computed in
   * @param lossFirst mean of the first steps' losses
   * @param lossLast mean of the last steps' losses
   * @param losses of all steps, thinned out: means, each with the last step that counts for it
   * @param quality on texts held out of the training set, before it and after every epoch
   * @param bestEpoch which of them the model is of; 0 is before the training
   * @param endedEarly why it did not go through all epochs, where it did not
   */
  public record Training(
      long steps,
      int epochs,
      double seconds,
      String device,
      String precision,
      Optional<Double> lossFirst,
      Optional<Double> lossLast,
      List<LossPoint> losses,
      List<Quality> quality,
      int bestEpoch,
      Optional<String> endedEarly) {
    public Training {
      losses = List.copyOf(losses);
      quality = List.copyOf(quality);
    }
  }

  /** A row of {@link Training#losses}. */
  public record LossPoint(long step, double loss) {}

  /** A row of {@link Training#quality}. */
  public record Quality(int epoch, double loss, Optional<Double> accuracy) {}

  /** An enum constant as documents spell it. */
  public static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
