package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The bytes of a model's tensors, in mapped files: nothing is copied to the heap.
 *
 * <p>Tensors refer to it in ONNX's own way, by {@code external_data} with a location, an offset and
 * a length. New tensors go to a scratch file of the store, under a location that no given file can
 * have. Not thread-safe. Segments stay valid until they are unreachable.
 */
public final class WeightStore implements AutoCloseable {
  /** Contains a character that file names cannot have. */
  private static final String SCRATCH = "scratch\0";

  private static final int CHUNK_BYTES = 1 << 20;

  private final Map<String, Path> files;
  private final Map<String, Long> referenced = new HashMap<>();
  private final Map<String, MemorySegment> mapped = new HashMap<>();
  private final Path scratch;
  private final FileChannel scratchChannel;

  /**
   * Opens a store over the given files.
   *
   * @param scratchDirectory where the scratch file is created; it is deleted by {@link #close}
   */
  WeightStore(Map<String, Path> files, Path scratchDirectory) throws IOException {
    this.files = files;
    this.scratch = Files.createTempFile(scratchDirectory, "weights-", ".scratch");
    this.scratchChannel =
        FileChannel.open(scratch, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * The elements of a tensor as little-endian bytes, read-only.
   *
   * @param tensor a validated tensor that does not hold strings
   */
  public MemorySegment bytes(TensorProto tensor) {
    if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
      ExternalData data = ExternalData.of(tensor);
      MemorySegment file = map(data.location());
      return file.asSlice(data.offset(), data.length().orElse(Tensors.bytes(tensor)));
    }
    ByteString bytes = tensor.hasRawData() ? tensor.getRawData() : TypedData.bytes(tensor);
    return MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer());
  }

  /** How long the file at a location is; empty if no such file was given. */
  OptionalLong fileSize(String location) {
    Path file = files.get(location);
    if (file == null) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(referenced.computeIfAbsent(location, l -> ModelFiles.size(file)));
  }

  /** The given files that tensors were found to refer to, by location. */
  List<String> referencedFiles() {
    return referenced.keySet().stream().sorted().toList();
  }

  /** The bytes of all given files that tensors were found to refer to. */
  long referencedBytes() {
    return referenced.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The elements of a new tensor, in row-major order. */
  @FunctionalInterface
  public interface Elements {
    double at(long index);
  }

  /**
   * Writes a new tensor to the scratch file.
   *
   * @param type a floating type, to which elements are rounded, or int8, whose elements are whole
   * @return the tensor that refers to the bytes, for {@link GraphEditor#addInitializer}
   * @throws UncheckedIOException if the disk is full
   */
  public TensorProto append(String name, DataType type, List<Long> dims, Elements elements) {
    long count = Tensors.elements(dims);
    try {
      long offset = scratchChannel.size();
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      scratchChannel.position(offset);
      for (long i = 0; i < count; i++) {
        if (chunk.remaining() < Double.BYTES) {
          drain(chunk);
        }
        FloatCodec.put(chunk, type, elements.at(i));
      }
      drain(chunk);
      mapped.remove(SCRATCH);
      return TensorProto.newBuilder()
          .setName(name)
          .setDataType(type.number())
          .addAllDims(dims)
          .setDataLocation(DataLocation.EXTERNAL)
          .addExternalData(entry("location", SCRATCH))
          .addExternalData(entry("offset", Long.toString(offset)))
          .addExternalData(entry("length", Long.toString(type.bytes(count))))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The elements of a floating tensor as floats, row-major.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  public float[] floats(TensorProto tensor) {
    DataType type = Tensors.type(tensor);
    MemorySegment bytes = bytes(tensor);
    float[] values = new float[Math.toIntExact(Tensors.elements(tensor.getDimsList()))];
    if (type == DataType.FLOAT) {
      MemorySegment.copy(bytes, LITTLE_FLOAT, 0, values, 0, values.length);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) FloatCodec.get(bytes, type, i);
    }
    return values;
  }

  /** The elements of a floating tensor as doubles, row-major. */
  public double[] doubles(TensorProto tensor) {
    DataType type = Tensors.type(tensor);
    MemorySegment bytes = bytes(tensor);
    double[] values = new double[Math.toIntExact(Tensors.elements(tensor.getDimsList()))];
    for (int i = 0; i < values.length; i++) {
      values[i] = FloatCodec.get(bytes, type, i);
    }
    return values;
  }

  @Override
  public void close() {
    try {
      scratchChannel.close();
      Files.deleteIfExists(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private void drain(ByteBuffer chunk) throws IOException {
    chunk.flip();
    while (chunk.hasRemaining()) {
      scratchChannel.write(chunk);
    }
    chunk.clear();
  }

  private MemorySegment map(String location) {
    return mapped.computeIfAbsent(
        location,
        l -> {
          try {
            if (l.equals(SCRATCH)) {
              return scratchChannel.map(
                  MapMode.READ_ONLY, 0, scratchChannel.size(), Arena.ofAuto());
            }
            try (FileChannel channel = FileChannel.open(files.get(l), StandardOpenOption.READ)) {
              return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
