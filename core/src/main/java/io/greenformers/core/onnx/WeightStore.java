package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of a model's tensors, in mapped files: nothing is copied to the heap.
 *
 * <p>Tensors refer to it in ONNX's own way, by {@code external_data} with a location, an offset and
 * a length. New tensors go to a scratch file of the store, under a location that no given file can
 * have. Tensors may be read and appended by several threads at once. Segments stay valid until they
 * are unreachable.
 */
public final class WeightStore implements AutoCloseable {
  /** The model file itself; like the next, it contains a character that file names cannot have. */
  static final String MODEL = "model\0";

  private static final String SCRATCH = "scratch\0";

  private static final int CHUNK_ELEMENTS = 1 << 20;
  private static final int CHUNK_BYTES = 16 << 20;

  private final Map<String, Path> files;
  private final Path model;
  private final Map<String, Long> referenced = new HashMap<>();
  private final Map<String, MemorySegment> mapped = new ConcurrentHashMap<>();
  private final AtomicLong scratchEnd = new AtomicLong();
  private final Path scratch;
  private final FileChannel scratchChannel;

  /**
   * Opens a store over the given files.
   *
   * @param scratchDirectory where the scratch file is created; it is deleted by {@link #close}
   */
  WeightStore(ModelFiles files, Path scratchDirectory) throws IOException {
    this.files = files.external();
    this.model = files.model();
    this.scratch = Files.createTempFile(scratchDirectory, "weights-", ".scratch");
    this.scratchChannel =
        FileChannel.open(scratch, StandardOpenOption.READ, StandardOpenOption.WRITE);
    // at once: the file may be replaced by the time its weights are read
    mapped.put(MODEL, mapWhole(MODEL));
  }

  /**
   * The elements of a tensor as little-endian bytes, read-only.
   *
   * @param tensor a validated tensor that does not hold strings
   */
  public MemorySegment bytes(TensorProto tensor) {
    if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
      ExternalData data = ExternalData.of(tensor);
      long length = data.length().orElse(Tensors.bytes(tensor));
      return map(data.location(), data.offset() + length).asSlice(data.offset(), length);
    }
    ByteString bytes = tensor.hasRawData() ? tensor.getRawData() : TypedData.bytes(tensor);
    return MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer());
  }

  /** How long the file at a location is; empty if no such file was given. */
  OptionalLong fileSize(String location) {
    if (location.equals(MODEL)) {
      return OptionalLong.of(ModelFiles.size(model));
    }
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

  /** The elements of a floating tensor, to be read in bulk. */
  public ElementReader elements(TensorProto tensor) {
    return new ElementReader(bytes(tensor), Tensors.type(tensor));
  }

  /** The elements of a new tensor, in row-major order. */
  @FunctionalInterface
  public interface Elements {
    double at(long index);
  }

  /** The elements of a new tensor, in row-major order, in bulk. */
  @FunctionalInterface
  public interface Floats {
    /** Writes {@code count} elements, from {@code first} on, to the start of an array. */
    void copy(long first, int count, float[] to);
  }

  /**
   * Writes a new tensor to the scratch file.
   *
   * @param type a floating type, to which elements are rounded, or int8, whose elements are whole
   * @return the tensor that refers to the bytes, for {@link GraphEditor#addInitializer}
   * @throws UncheckedIOException if the disk is full
   */
  public TensorProto append(String name, DataType type, List<Long> dims, Elements elements) {
    return encode(
        name,
        type,
        dims,
        (first, count, to) -> {
          for (int i = 0; i < count; i++) {
            FloatCodec.put(to, type, i, elements.at(first + i));
          }
        });
  }

  /** The same in bulk, for elements that are fp32 numbers. */
  public TensorProto append(String name, DataType type, List<Long> dims, Floats elements) {
    float[] values = new float[(int) Math.min(CHUNK_ELEMENTS, Tensors.elements(dims))];
    return encode(
        name,
        type,
        dims,
        (first, count, to) -> {
          elements.copy(first, count, values);
          FloatCodec.put(to, type, values, count);
        });
  }

  /**
   * Writes a new tensor whose elements are bytes already.
   *
   * @param bytes little-endian, row-major, as many as the type and the dims make
   */
  public TensorProto append(String name, DataType type, List<Long> dims, MemorySegment bytes) {
    long expected = type.bytes(Tensors.elements(dims));
    if (bytes.byteSize() != expected) {
      throw new IllegalArgumentException(
          "expected %d bytes of %s %s, found %d".formatted(expected, type, dims, bytes.byteSize()));
    }
    long offset = scratchEnd.getAndAdd(expected);
    try {
      for (long at = 0; at < expected; at += CHUNK_ELEMENTS) {
        write(bytes.asSlice(at, Math.min(CHUNK_ELEMENTS, expected - at)), offset + at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return appended(name, type, dims, offset);
  }

  private interface Encoder {
    void encode(long first, int count, MemorySegment to);
  }

  private TensorProto encode(String name, DataType type, List<Long> dims, Encoder encoder) {
    long count = Tensors.elements(dims);
    long bytes = type.bytes(count);
    long offset = scratchEnd.getAndAdd(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(type.bytes(Math.min(CHUNK_ELEMENTS, count)), 8);
      for (long first = 0; first < count; first += CHUNK_ELEMENTS) {
        int elements = (int) Math.min(CHUNK_ELEMENTS, count - first);
        encoder.encode(first, elements, chunk);
        write(chunk.asSlice(0, type.bytes(elements)), offset + type.bytes(first));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return appended(name, type, dims, offset);
  }

  private static TensorProto appended(String name, DataType type, List<Long> dims, long offset) {
    long bytes = type.bytes(Tensors.elements(dims));
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.number())
        .addAllDims(dims)
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(entry("location", SCRATCH))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(bytes)))
        .build();
  }

  private void write(MemorySegment bytes, long position) throws IOException {
    ByteBuffer buffer = bytes.asByteBuffer();
    while (buffer.hasRemaining()) {
      scratchChannel.write(buffer, position + buffer.position());
    }
  }

  /**
   * The elements of a floating tensor as floats, row-major.
   *
   * @throws ArithmeticException if there are more than an array can hold
   */
  public float[] floats(TensorProto tensor) {
    float[] values = new float[Math.toIntExact(Tensors.elements(tensor.getDimsList()))];
    elements(tensor).copy(0, values.length, values, 0);
    release(tensor);
    return values;
  }

  /** The elements of a floating tensor as doubles, row-major. */
  public double[] doubles(TensorProto tensor) {
    double[] values = new double[Math.toIntExact(Tensors.elements(tensor.getDimsList()))];
    elements(tensor).copy(0, values.length, values, 0);
    release(tensor);
    return values;
  }

  /**
   * Writes the bytes of a tensor to a channel, giving their memory back on the way. A new tensor
   * goes from file to file, and need not become resident.
   */
  public void write(TensorProto tensor, WritableByteChannel to) throws IOException {
    if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
      ExternalData data = ExternalData.of(tensor);
      if (data.location().equals(SCRATCH)) {
        transfer(data.offset(), Tensors.bytes(tensor), to);
        return;
      }
    }
    MemorySegment bytes = bytes(tensor);
    for (long at = 0; at < bytes.byteSize(); at += CHUNK_BYTES) {
      MemorySegment part = bytes.asSlice(at, Math.min(CHUNK_BYTES, bytes.byteSize() - at));
      ByteBuffer chunk = part.asByteBuffer();
      while (chunk.hasRemaining()) {
        to.write(chunk);
      }
      ResidentPages.release(part);
    }
  }

  private void transfer(long offset, long bytes, WritableByteChannel to) throws IOException {
    for (long done = 0; done < bytes; ) {
      long count = scratchChannel.transferTo(offset + done, bytes - done, to);
      if (count == 0) {
        throw new EOFException("the scratch file ends at " + scratchChannel.size());
      }
      done += count;
    }
  }

  /**
   * Says that the bytes of a tensor will not be read again soon: its memory is given back, and the
   * file is read again if they are.
   */
  public void release(TensorProto tensor) {
    if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
      ResidentPages.release(bytes(tensor));
    }
  }

  /** Gives all memory of the files back; who still holds a view of them reads them again. */
  @Override
  public void close() {
    mapped.values().forEach(ResidentPages::release);
    try {
      scratchChannel.close();
      Files.deleteIfExists(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A mapping that reaches to a position; the scratch file grows, so an older one may not. */
  private MemorySegment map(String location, long end) {
    MemorySegment known = mapped.get(location);
    if (known != null && known.byteSize() >= end) {
      return known;
    }
    return Objects.requireNonNull(
        mapped.compute(
            location, (l, old) -> old == null || old.byteSize() < end ? mapWhole(l) : old));
  }

  private MemorySegment mapWhole(String location) {
    try {
      if (location.equals(SCRATCH)) {
        return scratchChannel.map(MapMode.READ_ONLY, 0, scratchChannel.size(), Arena.ofAuto());
      }
      Path file = location.equals(MODEL) ? model : files.get(location);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
