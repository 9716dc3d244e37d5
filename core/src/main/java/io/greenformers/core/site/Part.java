package io.greenformers.core.site;

/** What part of a transformer a weight belongs to. */
public enum Part {
  EMBEDDINGS,
  /** Of query, key, value, and what the heads' outputs are multiplied by. */
  ATTENTION,
  FEED_FORWARD,
  /** Heads, convolutions, norms, biases, and the graph itself. */
  OTHER
}
