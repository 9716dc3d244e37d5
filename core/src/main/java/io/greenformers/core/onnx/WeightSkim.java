package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Leaves the large {@code raw_data} of a model's tensors in its file: a copy of the protobuf
 * message in which each of them is external data of the model file itself, under {@link
 * WeightStore#MODEL}. What is not well-formed is copied as it is, for the parser to refuse.
 */
final class WeightSkim {
  private static final int LEAST_BYTES = 1024;

  // wire types of protobuf
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final ByteBuffer file;
  private final int mostNested;

  private WeightSkim(ByteBuffer file, int mostNested) {
    this.file = file;
    this.mostNested = mostNested;
  }

  /**
   * Skims a model.
   *
   * @param file read by index only
   * @param mostNested messages in messages that are looked into
   */
  static ByteString of(ByteBuffer file, int mostNested) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new WeightSkim(file, mostNested).copy(Message.MODEL, 0, file.limit(), 0, out);
    return ByteString.copyFrom(out.toByteArray());
  }

  /** The messages on the way to tensors, by the field numbers of onnx.proto. */
  private enum Message {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    FUNCTION,
    SPARSE_TENSOR,
    TENSOR;

    Optional<Message> field(int number) {
      return Optional.ofNullable(
          switch (this) {
            case MODEL -> number == 7 ? GRAPH : number == 25 ? FUNCTION : null;
            case GRAPH ->
                number == 1 ? NODE : number == 5 ? TENSOR : number == 15 ? SPARSE_TENSOR : null;
            case NODE -> number == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE ->
                number == 5 || number == 10 ? TENSOR : number == 6 || number == 11 ? GRAPH : null;
            case FUNCTION -> number == 7 ? NODE : null;
            case SPARSE_TENSOR -> number == 1 || number == 2 ? TENSOR : null;
            case TENSOR -> null;
          });
    }
  }

  /** A field: its tag at {@code start}, its value from {@code value} to {@code end}. */
  private record Field(int number, int wire, int start, int value, int end) {}

  private void copy(Message message, int start, int end, int depth, ByteArrayOutputStream out) {
    Optional<Field> large = message == Message.TENSOR ? largeData(start, end) : Optional.empty();
    for (int at = start; at < end; ) {
      Optional<Field> next = field(at, end);
      if (next.isEmpty()) {
        verbatim(at, end, out);
        return;
      }
      Field field = next.get();
      Optional<Message> child =
          field.wire() == BYTES && depth < mostNested
              ? message.field(field.number())
              : Optional.empty();
      if (child.isPresent()) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        copy(child.get(), field.value(), field.end(), depth + 1, inner);
        bytes(field.number(), inner, out);
      } else if (!large.equals(next)) {
        verbatim(field.start(), field.end(), out);
      }
      at = field.end();
    }
    large.ifPresent(data -> external(data, out));
  }

  /** The {@code raw_data} of a tensor that says nothing of external data and holds no strings. */
  private Optional<Field> largeData(int start, int end) {
    Optional<Field> data = Optional.empty();
    for (int at = start; at < end; ) {
      Optional<Field> next = field(at, end);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      Field field = next.get();
      boolean raw = field.number() == 9 && field.wire() == BYTES;
      boolean string = field.number() == 2 && file.get(field.value()) == DataType.STRING.number();
      if (field.number() == 13 || field.number() == 14 || string || (raw && data.isPresent())) {
        return Optional.empty();
      }
      data = raw ? next : data;
      at = field.end();
    }
    return data.filter(d -> d.end() - d.value() >= LEAST_BYTES);
  }

  /** {@code data_location} EXTERNAL, and the entries of {@code external_data}. */
  private static void external(Field data, ByteArrayOutputStream out) {
    entry("location", WeightStore.MODEL, out);
    entry("offset", Integer.toString(data.value()), out);
    entry("length", Integer.toString(data.end() - data.value()), out);
    varint((14 << 3) | VARINT, out);
    varint(1, out);
  }

  private static void entry(String key, String value, ByteArrayOutputStream out) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    string(1, key, inner);
    string(2, value, inner);
    bytes(13, inner, out);
  }

  private static void string(int number, String value, ByteArrayOutputStream out) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.writeBytes(value.getBytes(StandardCharsets.UTF_8));
    bytes(number, inner, out);
  }

  private static void bytes(int number, ByteArrayOutputStream value, ByteArrayOutputStream out) {
    varint((number << 3) | BYTES, out);
    varint(value.size(), out);
    out.writeBytes(value.toByteArray());
  }

  private static void varint(int value, ByteArrayOutputStream out) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private void verbatim(int start, int end, ByteArrayOutputStream out) {
    byte[] copy = new byte[end - start];
    file.get(start, copy);
    out.writeBytes(copy);
  }

  /** The field at a position; empty where there is none that ends in time, or a group. */
  private Optional<Field> field(int start, int end) {
    int value = afterVarint(start, end);
    if (value < 0) {
      return Optional.empty();
    }
    long tag = readVarint(start, value);
    int wire = (int) (tag & 7);
    long stop =
        switch (wire) {
          case VARINT -> afterVarint(value, end);
          case FIXED_64 -> value + 8L;
          case FIXED_32 -> value + 4L;
          case BYTES -> {
            int body = afterVarint(value, end);
            long length = body < 0 ? -1 : readVarint(value, body);
            value = body;
            yield length < 0 || length > end ? -1 : body + length;
          }
          default -> -1;
        };
    return stop < 0 || stop > end || (tag >>> 3) > (1 << 28)
        ? Optional.empty()
        : Optional.of(new Field((int) (tag >>> 3), wire, start, value, (int) stop));
  }

  private int afterVarint(int start, int end) {
    for (int at = start; at < end && at < start + 10; at++) {
      if (file.get(at) >= 0) {
        return at + 1;
      }
    }
    return -1;
  }

  private long readVarint(int start, int end) {
    long value = 0;
    for (int at = start; at < end; at++) {
      value |= (file.get(at) & 0x7fL) << (7 * (at - start));
    }
    return value;
  }
}
