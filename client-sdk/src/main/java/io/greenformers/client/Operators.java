package io.greenformers.client;

/** Which operators the compressed model may use, beside those that the original uses. */
public enum Operators {
  /** ONNX Runtime's fused ones too, such as {@code MultiHeadAttention}: the fastest there. */
  ONNXRUNTIME,
  /** Only those of the ONNX standard, for other runtimes. */
  ONNX
}
