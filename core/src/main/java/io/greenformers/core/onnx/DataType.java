package io.greenformers.core.onnx;

import java.util.Arrays;
import java.util.Optional;

/** The element types of tensors, {@code TensorProto.DataType} of the ONNX specification. */
public enum DataType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  /** Variable length: has no bits. */
  STRING(8, 0),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4),
  FLOAT8E8M0(24, 8),
  UINT2(25, 2),
  INT2(26, 2);

  private static final DataType[] BY_NUMBER = new DataType[27];

  static {
    Arrays.stream(values()).forEach(t -> BY_NUMBER[t.number] = t);
  }

  private final int number;
  private final int bits;

  DataType(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  /** The number in the file format. */
  public int number() {
    return number;
  }

  /** The type with this number; empty for 0 (undefined) and for numbers that ONNX does not have. */
  public static Optional<DataType> of(int number) {
    return number > 0 && number < BY_NUMBER.length
        ? Optional.of(BY_NUMBER[number])
        : Optional.empty();
  }

  /** Whether a weight of this type can be factorized: fp64, fp32, fp16, bf16. */
  public boolean isFloating() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /**
   * The bytes that so many elements take; elements below a byte are packed, the last byte padded.
   *
   * @throws ArithmeticException if the bytes pass {@link Long#MAX_VALUE}
   */
  public long bytes(long elements) {
    return bits < 8
        ? Math.ceilDiv(Math.multiplyExact(elements, bits), 8)
        : Math.multiplyExact(elements, bits / 8);
  }
}
