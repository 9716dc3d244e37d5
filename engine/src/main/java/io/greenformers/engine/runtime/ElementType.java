package io.greenformers.engine.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.nio.ByteBuffer;

/** The element types that models take and return. */
public enum ElementType {
  FLOAT(4, OnnxJavaType.FLOAT),
  DOUBLE(8, OnnxJavaType.DOUBLE),
  FLOAT16(2, OnnxJavaType.FLOAT16),
  BFLOAT16(2, OnnxJavaType.BFLOAT16),
  INT8(1, OnnxJavaType.INT8),
  UINT8(1, OnnxJavaType.UINT8),
  INT16(2, OnnxJavaType.INT16),
  INT32(4, OnnxJavaType.INT32),
  INT64(8, OnnxJavaType.INT64),
  BOOL(1, OnnxJavaType.BOOL);

  private final int bytes;
  private final OnnxJavaType java;

  ElementType(int bytes, OnnxJavaType java) {
    this.bytes = bytes;
    this.java = java;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  OnnxJavaType java() {
    return java;
  }

  static ElementType of(OnnxTensorType type) {
    return switch (type) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> FLOAT;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DOUBLE;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> FLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> BFLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> INT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> UINT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> INT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> INT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> INT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> BOOL;
      default ->
          throw new UnrunnableModelException(
              "tensors of type %s cannot be fed or read here".formatted(type));
    };
  }

  /** An element as a double, counted from the buffer's position, in its byte order. */
  public double get(ByteBuffer buffer, int index) {
    int at = buffer.position() + index * bytes;
    return switch (this) {
      case FLOAT -> buffer.getFloat(at);
      case DOUBLE -> buffer.getDouble(at);
      case FLOAT16 -> Float.float16ToFloat(buffer.getShort(at));
      case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(at) << 16);
      case INT8, BOOL -> buffer.get(at);
      case UINT8 -> Byte.toUnsignedInt(buffer.get(at));
      case INT16 -> buffer.getShort(at);
      case INT32 -> buffer.getInt(at);
      case INT64 -> buffer.getLong(at);
    };
  }

  /** Puts a value, rounded to this type. */
  public void put(ByteBuffer buffer, double value) {
    switch (this) {
      case FLOAT -> buffer.putFloat((float) value);
      case DOUBLE -> buffer.putDouble(value);
      case FLOAT16 -> buffer.putShort(Float.floatToFloat16((float) value));
      case BFLOAT16 -> buffer.putShort(bfloat16((float) value));
      case INT8, UINT8, BOOL -> buffer.put((byte) value);
      case INT16 -> buffer.putShort((short) value);
      case INT32 -> buffer.putInt((int) value);
      case INT64 -> buffer.putLong((long) value);
    }
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    int toNearestEven = Float.isNaN(value) ? 0 : 0x7fff + ((bits >>> 16) & 1);
    return (short) ((bits + toNearestEven) >>> 16);
  }
}
