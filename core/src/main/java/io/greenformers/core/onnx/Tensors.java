package io.greenformers.core.onnx;

import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import java.util.List;
import java.util.OptionalLong;

/** Sizes of tensors, in exact arithmetic, and the check that their bytes are all there. */
public final class Tensors {
  private Tensors() {}

  /** The element type of a validated tensor. */
  public static DataType type(TensorProto tensor) {
    return DataType.of(tensor.getDataType())
        .orElseThrow(() ->
            new InvalidModelException(
                Fault.UNKNOWN_TYPE,
                "tensor '%s' has data type %d, which ONNX does not define"
                    .formatted(tensor.getName(), tensor.getDataType())));
  }

  /**
   * The product of the dimensions.
   *
   * @throws ArithmeticException if it overflows
   */
  public static long elements(List<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  /** The bytes of a validated tensor's elements; strings count as they are. */
  public static long bytes(TensorProto tensor) {
    DataType type = type(tensor);
    return type == DataType.STRING
        ? tensor.getStringDataList().stream().mapToLong(s -> s.size()).sum()
        : type.bytes(elements(tensor.getDimsList()));
  }

  /**
   * Checks type, shape and that exactly the bytes of the shape are there, before any are touched.
   *
   * @throws InvalidModelException if anything disagrees
   */
  static void check(TensorProto tensor, WeightStore weights) {
    DataType type = type(tensor);
    long elements = checkedElements(tensor, type);
    if (tensor.hasSegment()) {
      throw data(tensor, "is stored in segments, which no runtime reads; export it whole");
    }
    if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
      checkExternal(tensor, type, elements, weights);
    } else if (tensor.hasRawData() && type != DataType.STRING) {
      expect(tensor, "bytes of raw data", type.bytes(elements), tensor.getRawData().size());
    } else {
      expect(
          tensor,
          "elements",
          TypedData.expectedEntries(type, elements),
          TypedData.entries(tensor, type));
    }
  }

  static long checkedElements(TensorProto tensor, DataType type) {
    for (long dim : tensor.getDimsList()) {
      if (dim < 0) {
        throw new InvalidModelException(
            Fault.TENSOR_SHAPE,
            "tensor '%s' has a negative dimension in its shape %s"
                .formatted(tensor.getName(), tensor.getDimsList()));
      }
    }
    try {
      long elements = elements(tensor.getDimsList());
      long bytes = type.bytes(elements);
      return bytes >= 0 ? elements : 0;
    } catch (ArithmeticException e) {
      throw new InvalidModelException(
          Fault.TENSOR_SHAPE,
          "tensor '%s' has shape %s, whose size overflows"
              .formatted(tensor.getName(), tensor.getDimsList()),
          e);
    }
  }

  private static void checkExternal(
      TensorProto tensor, DataType type, long elements, WeightStore weights) {
    if (type == DataType.STRING) {
      throw ExternalData.fault(tensor, "holds strings, which ONNX does not allow");
    }
    ExternalData data = ExternalData.of(tensor);
    OptionalLong size = weights.fileSize(data.location());
    if (size.isEmpty()) {
      throw ExternalData.fault(
          tensor,
          "is in '%s', which was not given; give the file under that name with the model"
              .formatted(data.location()));
    }
    long expected = type.bytes(elements);
    if (data.location().equals(WeightStore.MODEL)) {
      expect(tensor, "bytes of raw data", expected, data.length().orElse(expected));
    }
    if (data.length().orElse(expected) != expected) {
      throw ExternalData.fault(
          tensor,
          "has length %d; expected %d for %s of shape %s"
              .formatted(data.length().getAsLong(), expected, type, tensor.getDimsList()));
    }
    if (data.offset() > size.getAsLong() || expected > size.getAsLong() - data.offset()) {
      throw ExternalData.fault(
          tensor,
          "spans bytes %d to %s of '%s', which has %d"
              .formatted(
                  data.offset(),
                  data.offset() + "+" + expected,
                  data.location(),
                  size.getAsLong()));
    }
  }

  private static void expect(TensorProto tensor, String unit, long expected, long found) {
    if (expected != found) {
      throw data(
          tensor,
          "of shape %s has %d %s; expected %d"
              .formatted(tensor.getDimsList(), found, unit, expected));
    }
  }

  private static InvalidModelException data(TensorProto tensor, String what) {
    return new InvalidModelException(
        Fault.TENSOR_DATA, "tensor '%s' %s".formatted(tensor.getName(), what));
  }
}
