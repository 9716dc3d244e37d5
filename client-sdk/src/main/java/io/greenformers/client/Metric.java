package io.greenformers.client;

/** What both models are compared by; which of them fit depends on the task. */
public enum Metric {
  /** The share of the texts, or of the tokens that count, that are classified right. */
  ACCURACY,
  /** F1, averaged over the classes. */
  MACRO_F1,
  /** Matthews' correlation. */
  MATTHEWS,
  /** The area under the receiver operating characteristic; of two classes. */
  AUC,
  /** Pearson's correlation. */
  PEARSON,
  /** Spearman's rank correlation; for pairs, of their cosines with their similarities. */
  SPEARMAN,
  /** Of the tokens that are to be found; the less the better. */
  PERPLEXITY,
  /** F1 of the tokens that are of any class but 0. */
  TOKEN_F1,
  /** How often the nearest of all second texts is the one of the pair. */
  RECALL_AT_1,
  /** The mean cosine of the texts of a pair. */
  COSINE
}
