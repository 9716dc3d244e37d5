package io.greenformers.client;

/** How the factors of a weight are found. */
public enum Solver {
  /** The best that the service has for the request. */
  AUTO,
  /** Truncated singular value decomposition: least error of the weights. */
  SVD,
  /** Least error of the outputs on calibration inputs; needs data. */
  ACTIVATION_AWARE,
  /** Least error weighted by gradients; needs data. */
  FISHER,
  /** Semi-nonnegative matrix factorization. */
  SNMF,
  /** Nonnegative matrix factorization. */
  NMF,
  /** Random factors: for training from scratch. */
  RANDOM
}
