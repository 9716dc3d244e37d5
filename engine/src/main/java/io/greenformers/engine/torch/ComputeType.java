package io.greenformers.engine.torch;

import io.greenformers.core.onnx.DataType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Which floating types take the place of those that a model declares. */
public enum ComputeType {
  /** Every value has the type that the model gives it. */
  DECLARED,
  /** fp16 and bf16 become fp32: half-precision models are trained in fp32 masters. */
  FLOAT32,
  /** As {@link #FLOAT32}, and libtorch runs products and convolutions in bf16 ("autocast"). */
  BFLOAT16,
  /** All floating values are fp64: for checks of gradients. */
  FLOAT64;

  /** The type of a value that the model declares so. */
  public ScalarType of(DataType declared) {
    if (!declared.isFloating() || this == DECLARED) {
      return Types.scalar(declared);
    }
    return switch (this) {
      case DECLARED -> Types.scalar(declared);
      case FLOAT32, BFLOAT16 -> declared == DataType.DOUBLE ? ScalarType.Double : ScalarType.Float;
      case FLOAT64 -> ScalarType.Double;
    };
  }

  /** The type that takes the place of another of libtorch's. */
  public ScalarType of(ScalarType declared) {
    return switch (declared.intern()) {
      case Half -> of(DataType.FLOAT16);
      case BFloat16 -> of(DataType.BFLOAT16);
      case Float -> of(DataType.FLOAT);
      default -> declared;
    };
  }
}
