package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import java.util.List;
import java.util.Locale;

/** How well a model does what it is for, as one number. */
public enum Metric {
  /** The share of the texts, or of the tokens that count, that are classified right. */
  ACCURACY,
  /** The mean over the classes of the harmonic mean of precision and recall. */
  MACRO_F1,
  /** Matthews' correlation of classes, of several ones Gorodkin's R_K (2004); from −1 to 1. */
  MATTHEWS,
  /** The share of the pairs of a text of class 1 and one of class 0 that are in this order. */
  AUC,
  /** Pearson's correlation with the right numbers. */
  PEARSON,
  /** Spearman's: that of the ranks, or of the cosines of pairs with their similarities. */
  SPEARMAN,
  /** exp of the mean of −log p over the tokens that were to be found; the less the better. */
  PERPLEXITY,
  /** F1 of the tokens that are of any class but 0, which is taken for nothing at all. */
  TOKEN_F1,
  /** The share of the first texts of pairs to which their second text is the nearest of all. */
  RECALL_AT_1,
  /** The mean cosine of the two texts of a pair. */
  COSINE;

  /** As requests and reports write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a model with a larger number is the better one. */
  public boolean isHigherBetter() {
    return this != PERPLEXITY;
  }

  /**
   * Whether it counts what is right and wrong, so that few texts cannot show a small drop; see
   * {@link AccuracyDrop#fewestSamples}.
   */
  public boolean isCounted() {
    return switch (this) {
      case ACCURACY, MACRO_F1, MATTHEWS, AUC, TOKEN_F1, RECALL_AT_1 -> true;
      case PEARSON, SPEARMAN, PERPLEXITY, COSINE -> false;
    };
  }

  /**
   * Begins a measurement.
   *
   * @param batches all that will be added, in their order, with targets that the metric is of
   */
  public Measurement measure(List<? extends ModelBatch> batches) {
    boolean places = !batches.isEmpty() && batches.getFirst().targets() instanceof Targets.Places;
    boolean values = !batches.isEmpty() && batches.getFirst().targets() instanceof Targets.Values;
    return switch (this) {
      case ACCURACY -> places ? new PlaceMeasurement(this, batches) : new Accuracy(batches);
      case MACRO_F1, MATTHEWS ->
          places ? new PlaceMeasurement(this, batches) : new ClassMeasurement(this, batches);
      case AUC -> new ClassMeasurement(this, batches);
      case TOKEN_F1, PERPLEXITY -> new PlaceMeasurement(this, batches);
      case PEARSON -> new ValueMeasurement(this);
      case SPEARMAN -> values ? new ValueMeasurement(this) : new PairMeasurement(this);
      case RECALL_AT_1, COSINE -> new PairMeasurement(this);
    };
  }
}
