package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How numbers are stored.
 *
 * @param dense the weights that are not factorized
 */
public record Storage(Dense dense) {
  public static final Storage DEFAULT = new Storage(Dense.KEEP);

  /** The storage of what stays dense. */
  public enum Dense {
    /** As it was. */
    @JsonProperty("keep")
    KEEP,
    /** Half precision. */
    @JsonProperty("fp16")
    FP16,
    /** Eight bits with a scale. */
    @JsonProperty("int8")
    INT8
  }
}
