package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors whose elements are in the typed fields ({@code float_data}, …) instead of raw bytes. */
final class TypedData {
  private TypedData() {}

  /** How many entries the typed field of this type has. */
  static long entries(TensorProto tensor, DataType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> tensor.getFloatDataCount();
      case DOUBLE, COMPLEX128 -> tensor.getDoubleDataCount();
      case INT64 -> tensor.getInt64DataCount();
      case UINT32, UINT64 -> tensor.getUint64DataCount();
      case STRING -> tensor.getStringDataCount();
      case UINT8, INT8, UINT16, INT16, INT32, BOOL, FLOAT16, BFLOAT16 -> tensor.getInt32DataCount();
      case FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          FLOAT8E8M0,
          UINT4,
          INT4,
          FLOAT4E2M1,
          UINT2,
          INT2 ->
          tensor.getInt32DataCount();
    };
  }

  /** How many entries the typed field must have for so many elements. */
  static long expectedEntries(DataType type, long elements) {
    return switch (type) {
      case COMPLEX64, COMPLEX128 -> Math.multiplyExact(elements, 2);
      case UINT4, INT4, FLOAT4E2M1, UINT2, INT2 -> type.bytes(elements);
      default -> elements;
    };
  }

  /** The entries as the raw bytes that {@code raw_data} would have held. */
  static ByteString bytes(TensorProto tensor) {
    DataType type = Tensors.type(tensor);
    long elements = Tensors.elements(tensor.getDimsList());
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(type.bytes(elements))).order(ByteOrder.LITTLE_ENDIAN);
    int width = (int) (out.capacity() / Math.max(1, entries(tensor, type)));
    switch (type) {
      case FLOAT, COMPLEX64 -> tensor.getFloatDataList().forEach(out::putFloat);
      case DOUBLE, COMPLEX128 -> tensor.getDoubleDataList().forEach(out::putDouble);
      case INT64 -> tensor.getInt64DataList().forEach(out::putLong);
      case UINT64 -> tensor.getUint64DataList().forEach(out::putLong);
      case UINT32 -> tensor.getUint64DataList().forEach(v -> out.putInt(v.intValue()));
      case STRING -> throw new IllegalArgumentException("strings have no bytes");
      default -> tensor.getInt32DataList().forEach(v -> put(out, width, v));
    }
    return ByteString.copyFrom(out.flip());
  }

  private static void put(ByteBuffer out, int width, int value) {
    switch (width) {
      case 1 -> out.put((byte) value);
      case 2 -> out.putShort((short) value);
      case 4 -> out.putInt(value);
      default -> throw new IllegalStateException("an element of " + width + " bytes");
    }
  }
}
