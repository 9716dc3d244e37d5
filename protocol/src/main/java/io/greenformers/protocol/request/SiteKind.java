package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a site does with its weight. */
public enum SiteKind {
  /** {@code MatMul} or {@code Gemm} with a constant matrix. */
  @JsonProperty("linear")
  LINEAR,
  /** {@code Conv} with a constant kernel. */
  @JsonProperty("conv")
  CONV,
  /** {@code Gather} of rows of a constant table. */
  @JsonProperty("embedding")
  EMBEDDING
}
