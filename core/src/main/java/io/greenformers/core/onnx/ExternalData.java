package io.greenformers.core.onnx;

import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.OptionalLong;

/**
 * Where a tensor's bytes lie outside the protobuf file.
 *
 * @param location the key of one of the given files
 * @param offset in bytes
 * @param length in bytes, where the model says it
 */
record ExternalData(String location, long offset, OptionalLong length) {

  /**
   * Reads {@code TensorProto.external_data}.
   *
   * @throws InvalidModelException if there is no location, or a number is negative or none
   */
  static ExternalData of(TensorProto tensor) {
    String location = "";
    long offset = 0;
    OptionalLong length = OptionalLong.empty();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(tensor, entry);
        case "length" -> length = OptionalLong.of(number(tensor, entry));
        default -> {
          // checksum and whatever exporters add: nothing that says where the bytes are
        }
      }
    }
    if (location.isEmpty()) {
      throw fault(tensor, "has no location; export the model again");
    }
    return new ExternalData(location, offset, length);
  }

  static InvalidModelException fault(TensorProto tensor, String what) {
    return new InvalidModelException(
        Fault.EXTERNAL_DATA, "external data of tensor '%s' %s".formatted(tensor.getName(), what));
  }

  private static long number(TensorProto tensor, StringStringEntryProto entry) {
    try {
      long value = Long.parseLong(entry.getValue());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, like a negative number
    }
    throw fault(
        tensor,
        "has %s '%s'; expected a number of bytes, 0 or more"
            .formatted(entry.getKey(), entry.getValue()));
  }
}
