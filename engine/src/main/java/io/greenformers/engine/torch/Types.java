package io.greenformers.engine.torch;

import io.greenformers.core.onnx.DataType;
import io.greenformers.engine.runtime.ElementType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types of ONNX, of our own tensors and of libtorch, one to one. */
public final class Types {
  private Types() {}

  /**
   * libtorch's type.
   *
   * @throws UnsupportedTypeException for strings and types below a byte
   */
  public static ScalarType scalar(DataType type) {
    return switch (type) {
      case FLOAT -> ScalarType.Float;
      case DOUBLE -> ScalarType.Double;
      case FLOAT16 -> ScalarType.Half;
      case BFLOAT16 -> ScalarType.BFloat16;
      case UINT8 -> ScalarType.Byte;
      case INT8 -> ScalarType.Char;
      case INT16 -> ScalarType.Short;
      case INT32 -> ScalarType.Int;
      case INT64 -> ScalarType.Long;
      case UINT16 -> ScalarType.UInt16;
      case UINT32 -> ScalarType.UInt32;
      case UINT64 -> ScalarType.UInt64;
      case BOOL -> ScalarType.Bool;
      case COMPLEX64 -> ScalarType.ComplexFloat;
      case COMPLEX128 -> ScalarType.ComplexDouble;
      case FLOAT8E4M3FN -> ScalarType.Float8_e4m3fn;
      case FLOAT8E4M3FNUZ -> ScalarType.Float8_e4m3fnuz;
      case FLOAT8E5M2 -> ScalarType.Float8_e5m2;
      case FLOAT8E5M2FNUZ -> ScalarType.Float8_e5m2fnuz;
      case STRING, UINT4, INT4, FLOAT4E2M1, FLOAT8E8M0, UINT2, INT2 ->
          throw new UnsupportedTypeException(type.name());
    };
  }

  static ScalarType scalar(ElementType type) {
    return scalar(DataType.valueOf(type.name()));
  }

  /**
   * Our own type.
   *
   * @throws UnsupportedTypeException if {@link ElementType} has no such type
   */
  static ElementType element(ScalarType type) {
    return switch (type.intern()) {
      case Float -> ElementType.FLOAT;
      case Double -> ElementType.DOUBLE;
      case Half -> ElementType.FLOAT16;
      case BFloat16 -> ElementType.BFLOAT16;
      case Byte -> ElementType.UINT8;
      case Char -> ElementType.INT8;
      case Short -> ElementType.INT16;
      case Int -> ElementType.INT32;
      case Long -> ElementType.INT64;
      case Bool -> ElementType.BOOL;
      default -> throw new UnsupportedTypeException(type.toString());
    };
  }
}
