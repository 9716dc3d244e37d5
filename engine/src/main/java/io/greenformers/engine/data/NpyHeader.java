package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code .npy} file says of its array (NumPy Enhancement Proposal 1). An array of Python
 * objects would be a pickle, which is a program, and is refused.
 */
record NpyHeader(ElementType type, List<Long> shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_BYTES = 1 << 16;

  /** The keys may come in any order, and nothing else may. */
  private static final Pattern DESCR = Pattern.compile("'descr': *'([<>|])([A-Za-z]\\d*)'");

  private static final Pattern FORTRAN = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([\\d, ]*)\\)");

  NpyHeader {
    shape = List.copyOf(shape);
  }

  /** Bytes of all elements. */
  long bytes() {
    return StoredTensor.bytes(type, shape).orElseThrow();
  }

  /** Reads a header; the elements are what comes next. */
  static NpyHeader read(String name, InputStream in) throws IOException {
    byte[] begins = in.readNBytes(MAGIC.length + 2);
    if (begins.length < MAGIC.length + 2
        || !Arrays.equals(begins, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw begins.length > 0 && begins[0] == (byte) 0x80
          ? pickled(name)
          : notNpy(name, "other bytes");
    }
    int sizeBytes = begins[MAGIC.length] == 1 ? Short.BYTES : Integer.BYTES;
    byte[] size = in.readNBytes(sizeBytes);
    if (size.length < sizeBytes) {
      throw notNpy(name, "its end");
    }
    ByteBuffer length = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
    long bytes =
        sizeBytes == Short.BYTES
            ? Short.toUnsignedLong(length.getShort())
            : Integer.toUnsignedLong(length.getInt());
    if (bytes > MOST_BYTES) {
      throw notNpy(name, "a header of %d bytes".formatted(bytes));
    }
    return parse(name, new String(in.readNBytes((int) bytes), StandardCharsets.ISO_8859_1));
  }

  private static NpyHeader parse(String name, String header) {
    Matcher descr = DESCR.matcher(header);
    Matcher fortran = FORTRAN.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!descr.find() || !fortran.find() || !shape.find()) {
      throw notNpy(name, "the header " + Quoted.of(header));
    }
    if (descr.group(2).startsWith("O")) {
      throw pickled(name);
    }
    if (descr.group(1).equals(">") || fortran.group(1).equals("True")) {
      throw TensorFile.malformed(
          name,
          "little-endian elements in C order; use numpy.ascontiguousarray and astype",
          Quoted.of(header.strip()));
    }
    ElementType type =
        StoredTensor.type(descr.group(2))
            .orElseThrow(() ->
                TensorFile.malformed(
                    name, "elements f8, f4, f2, i8, i4, i2, i1, u1 or b1", descr.group(2)));
    return checked(name, type, shape.group(1));
  }

  private static NpyHeader checked(String name, ElementType type, String sizes) {
    try {
      List<Long> shape =
          Arrays.stream(sizes.split(","))
              .map(String::strip)
              .filter(size -> !size.isEmpty())
              .map(Long::parseLong)
              .toList();
      if (StoredTensor.bytes(type, shape).isPresent()) {
        return new NpyHeader(type, shape);
      }
    } catch (NumberFormatException e) {
      // a size of more than 63 bits is refused like a product of sizes that is
    }
    throw notNpy(name, "the shape (%s)".formatted(Quoted.of(sizes)));
  }

  private static InvalidDatasetException pickled(String name) {
    return new InvalidDatasetException(
        "dataset-pickled",
        "the dataset, tensor %s: expected numbers, found pickled Python objects, which are programs and are not run; save an array of numbers"
            .formatted(Quoted.of(name)));
  }

  private static InvalidDatasetException notNpy(String name, String found) {
    return TensorFile.malformed(name, ".npy, as numpy.savez writes it", found);
  }
}
