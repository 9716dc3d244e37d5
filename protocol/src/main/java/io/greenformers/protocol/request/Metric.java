package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.greenformers.protocol.request.Examples.Task;
import java.util.List;
import java.util.Locale;

/** What both models are compared by, where there is something to compare with. */
public enum Metric {
  /** The share of the texts, or of the tokens that count, that are classified right. */
  @JsonProperty("accuracy")
  ACCURACY,
  /** F1, averaged over the classes. */
  @JsonProperty("macro-f1")
  MACRO_F1,
  /** Matthews' correlation. */
  @JsonProperty("matthews")
  MATTHEWS,
  /** The area under the receiver operating characteristic; of two classes. */
  @JsonProperty("auc")
  AUC,
  /** Pearson's correlation. */
  @JsonProperty("pearson")
  PEARSON,
  /** Spearman's rank correlation; for pairs, of their cosines with their similarities. */
  @JsonProperty("spearman")
  SPEARMAN,
  /** Of the tokens that are to be found; the less the better. */
  @JsonProperty("perplexity")
  PERPLEXITY,
  /** F1 of the tokens that are of any class but 0. */
  @JsonProperty("token-f1")
  TOKEN_F1,
  /** How often the nearest of all second texts is the one of the pair. */
  @JsonProperty("recall-at-1")
  RECALL_AT_1,
  /** The mean cosine of the texts of a pair. */
  @JsonProperty("cosine")
  COSINE;

  /** Those that labels of ready tensors can be measured by; which of them, their kind says. */
  static List<Metric> ofLabels() {
    return List.of(ACCURACY, MACRO_F1, MATTHEWS, AUC, PEARSON, SPEARMAN, PERPLEXITY, TOKEN_F1);
  }

  /** Those that a task can be measured by, the usual one first; none where there is nothing. */
  public static List<Metric> of(Task task) {
    return switch (task) {
      case TEXT_CLASSIFICATION -> List.of(ACCURACY, MACRO_F1, MATTHEWS, AUC);
      case TEXT_REGRESSION -> List.of(PEARSON, SPEARMAN);
      case TOKEN_CLASSIFICATION -> List.of(TOKEN_F1, ACCURACY, MACRO_F1, MATTHEWS);
      case MASKED_LANGUAGE_MODELLING, CAUSAL_LANGUAGE_MODELLING -> List.of(PERPLEXITY, ACCURACY);
      case EMBEDDING -> List.of(RECALL_AT_1, COSINE, SPEARMAN);
      case TEXT -> List.of();
    };
  }

  /** As requests write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
