package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How numbers are stored.
 *
 * @param dense the weights that are not factorized, and the factors with them
 */
public record Storage(Dense dense) {
  public static final Storage DEFAULT = new Storage(Dense.KEEP);

  /** How what stays dense, and the factors, are stored. */
  public enum Dense {
    /** As it was. */
    @JsonProperty("keep")
    KEEP,
    /** Half precision. */
    @JsonProperty("fp16")
    FP16,
    /** Eight bits with a scale. */
    @JsonProperty("int8")
    INT8,
    /** The same, and linears multiply in integers: fastest; the inputs are quantized too. */
    @JsonProperty("int8-dynamic")
    INT8_DYNAMIC
  }
}
