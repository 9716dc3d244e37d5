package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes ready tensors as {@code numpy.savez} does, on a machine of little-endian order. */
public final class NpzWriter {
  private NpzWriter() {}

  public static Path write(Path file, Map<String, Tensor> tensors) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        write(entry.getValue(), new DataOutputStream(zip));
      }
    }
    return file;
  }

  private static void write(Tensor tensor, DataOutputStream out) throws IOException {
    String header =
        "{'descr': '<%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(
                type(tensor.type()),
                tensor.shape().stream().map(n -> n + ",").collect(Collectors.joining(" ")));
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(new byte[] {(byte) text.length, (byte) (text.length >> 8)});
    out.write(text);
    byte[] elements = new byte[tensor.bytes().remaining()];
    tensor.bytes().duplicate().get(elements);
    out.write(elements);
  }

  private static String type(ElementType type) {
    return switch (type) {
      case FLOAT -> "f4";
      case INT64 -> "i8";
      case DOUBLE, FLOAT16, BFLOAT16, INT8, UINT8, INT16, INT32, BOOL ->
          throw new IllegalArgumentException("not needed: " + type);
    };
  }

  /** Whole numbers of a shape. */
  public static Tensor longs(List<Long> shape, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
    for (long value : values) {
      bytes.putLong(value);
    }
    return new Tensor(ElementType.INT64, shape, bytes.flip());
  }

  /** Floats of a shape. */
  public static Tensor floats(List<Long> shape, double... values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return new Tensor(ElementType.FLOAT, shape, bytes.flip());
  }
}
