package io.greenformers.engine.recovery;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import io.greenformers.engine.torch.TorchTensors;
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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The state of a training in a file: magic number, length of the head, head as JSON, elements of
 * all tensors in the head's order, checksum of it all. The file appears whole or not at all; a
 * damaged one counts as none.
 */
public final class Checkpoints {
  private static final long MAGIC = 0x4746_5245_434f_0001L;
  private static final int FRAME_BYTES = 2 * Long.BYTES;
  private static final int CHUNK_BYTES = 1 << 24;
  private static final ValueLayout.OfLong BIG_ENDIAN =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final Duration pause;
  private final LongSupplier clock;
  private long saved;

  /**
   * Checkpoints in one file.
   *
   * @param file of this training alone; its directory exists
   * @param pause at least so long between two of them
   */
  public Checkpoints(Path file, Duration pause) {
    this(file, pause, System::nanoTime);
  }

  Checkpoints(Path file, Duration pause, LongSupplier clock) {
    this.file = file;
    this.pause = pause;
    this.clock = clock;
    this.saved = clock.getAsLong();
  }

  private record Head(TrainingState state, List<Entry> tensors) {}

  private record Entry(String name, ElementType type, List<Long> shape) {
    long bytes() {
      return shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
    }
  }

  /** Saves if the last time is long enough ago. */
  void saveWhenDue(TrainingState state, AdamW optimizer, BestWeights best) {
    if (clock.getAsLong() - saved >= pause.toNanos()) {
      save(state, optimizer, best);
    }
  }

  /** Saves. That it cannot be saved is told, and harms nothing else. */
  void save(TrainingState state, AdamW optimizer, BestWeights best) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      write(partial, state, tensors(optimizer, best));
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      System.err.println("the training could not be saved; a restart begins earlier: " + e);
    }
    saved = clock.getAsLong();
  }

  private static Map<String, Tensor> tensors(AdamW optimizer, BestWeights best) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(optimizer.state());
    tensors.putAll(best.state());
    return tensors;
  }

  private static void write(Path to, TrainingState state, Map<String, Tensor> tensors)
      throws IOException {
    byte[] head = JSON.writeValueAsBytes(new Head(state, entries(tensors)));
    CRC32C sum = new CRC32C();
    try (FileChannel channel =
        FileChannel.open(
            to,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(
          channel,
          sum,
          ByteBuffer.allocate(FRAME_BYTES).putLong(MAGIC).putLong(head.length).flip());
      write(channel, sum, ByteBuffer.wrap(head));
      for (Tensor tensor : tensors.values()) {
        TorchTensors.<IOException>read(tensor, bytes -> write(channel, sum, bytes));
      }
      long checksum = sum.getValue();
      write(channel, sum, ByteBuffer.allocate(Long.BYTES).putLong(checksum).flip());
      channel.force(true);
    }
  }

  private static List<Entry> entries(Map<String, Tensor> tensors) {
    List<Entry> entries = new ArrayList<>();
    tensors.forEach((name, tensor) ->
        entries.add(
            new Entry(
                name, TorchTensors.type(tensor), Arrays.stream(tensor.shape()).boxed().toList())));
    return entries;
  }

  private static void write(FileChannel channel, CRC32C sum, MemorySegment bytes)
      throws IOException {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK_BYTES) {
      long length = Math.min(CHUNK_BYTES, bytes.byteSize() - at);
      write(channel, sum, bytes.asSlice(at, length).asByteBuffer());
    }
  }

  private static void write(FileChannel channel, CRC32C sum, ByteBuffer bytes) throws IOException {
    sum.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Restores weights, moments and best weights; empty where there is nothing to go on from. */
  Optional<TrainingState> restore(AdamW optimizer, BestWeights best) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return isWhole(bytes)
          ? restore(bytes, tensors(optimizer, best), optimizer)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWhole(MemorySegment bytes) {
    long end = bytes.byteSize() - Long.BYTES;
    if (end < FRAME_BYTES || bytes.get(BIG_ENDIAN, 0) != MAGIC) {
      return false;
    }
    CRC32C sum = new CRC32C();
    for (long at = 0; at < end; at += CHUNK_BYTES) {
      sum.update(bytes.asSlice(at, Math.min(CHUNK_BYTES, end - at)).asByteBuffer());
    }
    return sum.getValue() == bytes.get(BIG_ENDIAN, end);
  }

  private static Optional<TrainingState> restore(
      MemorySegment bytes, Map<String, Tensor> tensors, AdamW optimizer) {
    try {
      long length = bytes.get(BIG_ENDIAN, Long.BYTES);
      byte[] text = bytes.asSlice(FRAME_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
      Head head = JSON.readValue(text, Head.class);
      List<String> names = head.tensors().stream().map(Entry::name).toList();
      if (!names.equals(List.copyOf(tensors.keySet()))) {
        return Optional.empty();
      }
      long at = FRAME_BYTES + length;
      for (Entry entry : head.tensors()) {
        ByteBuffer part =
            bytes.asSlice(at, entry.bytes()).asByteBuffer().order(ByteOrder.nativeOrder());
        put(entry, part, Objects.requireNonNull(tensors.get(entry.name())));
        at += entry.bytes();
      }
      optimizer.resumeAt(head.state().steps());
      return Optional.of(head.state());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static void put(Entry entry, ByteBuffer bytes, Tensor tensor) {
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      tensor.copy_(
          TorchTensors.of(
              new io.greenformers.engine.runtime.Tensor(entry.type(), entry.shape(), bytes)));
    }
  }
}
