package io.greenformers.service.settings;

/** A kind of workers; each stage belongs to one. */
public enum Pool {
  CPU,
  /** Where a GPU helps, if there is one. */
  GPU
}
