package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.site.Site;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A site's decomposition in a file of its own, so that a process that is killed need not do it
 * again: a head with a key, the spectrum and the means, the factors as they are stored, and a
 * checksum of it all.
 *
 * @param path of the file; it appears whole or not at all
 * @param key a hash of all that the decomposition depends on, as hexadecimal digits
 * @param weights that factors are read from, and appended to
 */
public record FactorFile(Path path, String key, WeightStore weights) {
  private static final long MAGIC = 0x4746_5349_5445_0001L;
  private static final int CHECKSUM_BYTES = Long.BYTES;
  private static final int CHUNK_BYTES = 1 << 20;

  /**
   * A decomposition.
   *
   * @param shift what truncation takes from the mean output, where that is known
   */
  public record Content(FullRank full, Optional<MeanShift> shift) {}

  /**
   * Writes the file.
   *
   * @throws IOException if that fails; no file of this name appears then
   */
  public void write(Content content) throws IOException {
    Path partial = path.resolveSibling(path.getFileName() + ".partial");
    try (FileChannel file =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      Summed summed = new Summed(file, new CRC32C());
      OutputStream stream = Channels.newOutputStream(summed);
      DataOutputStream head = new DataOutputStream(new BufferedOutputStream(stream));
      writeHead(content, head);
      head.flush();
      weights.write(content.full().factors().left(), summed);
      weights.write(content.full().factors().right(), summed);
      new DataOutputStream(stream).writeLong(summed.sum().getValue());
      file.force(true);
    }
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void writeHead(Content content, DataOutputStream head) throws IOException {
    Factors factors = content.full().factors();
    Spectrum spectrum = content.full().spectrum();
    head.writeLong(MAGIC);
    head.write(HexFormat.of().parseHex(key));
    for (TensorProto factor : List.of(factors.left(), factors.right())) {
      head.writeInt(Math.toIntExact(factor.getDims(0)));
      head.writeInt(Math.toIntExact(factor.getDims(1)));
    }
    double[] values = new double[spectrum.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = spectrum.value(i);
    }
    write(values, head);
    head.writeDouble(spectrum.truncationError(values.length));
    write(content.shift().map(MeanShift::between).orElseGet(() -> new double[0]), head);
    write(content.shift().map(MeanShift::rest).orElseGet(() -> new double[0]), head);
  }

  private static void write(double[] values, DataOutputStream head) throws IOException {
    head.writeInt(values.length);
    for (double value : values) {
      head.writeDouble(value);
    }
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none, or one of another key or of another site, or a damaged one
   * @throws UncheckedIOException if it is there and cannot be read
   */
  public Optional<Content> read(Site site) {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return isWhole(file) ? content(site, file) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the checksum holds, and the head is that of a file with this key. */
  private boolean isWhole(MemorySegment file) {
    byte[] expected = HexFormat.of().parseHex(key);
    long end = file.byteSize() - CHECKSUM_BYTES;
    if (end < Long.BYTES + expected.length) {
      return false;
    }
    CRC32C sum = new CRC32C();
    for (long at = 0; at < end; at += CHUNK_BYTES) {
      sum.update(file.asSlice(at, Math.min(CHUNK_BYTES, end - at)).asByteBuffer());
    }
    MemorySegment keyOfFile = file.asSlice(Long.BYTES, expected.length);
    return file.asSlice(end).asByteBuffer().getLong() == sum.getValue()
        && file.asSlice(0, Long.BYTES).asByteBuffer().getLong() == MAGIC
        && keyOfFile.mismatch(MemorySegment.ofArray(expected)) < 0;
  }

  private Optional<Content> content(Site site, MemorySegment file) throws IOException {
    ByteBuffer buffer =
        file.asSlice(0, Math.min(Integer.MAX_VALUE, file.byteSize())).asByteBuffer();
    buffer.position(Long.BYTES + key.length() / 2);
    int m = buffer.getInt();
    int left = buffer.getInt();
    int right = buffer.getInt();
    int n = buffer.getInt();
    boolean transposed = site.allTransposed();
    if (left != right
        || m != (transposed ? site.columns() : site.rows())
        || n != (transposed ? site.rows() : site.columns())) {
      return Optional.empty();
    }
    double[] values = doubles(buffer);
    Spectrum spectrum = Spectrum.leading(buffer.getDouble(), values);
    double[] between = doubles(buffer);
    double[] rest = doubles(buffer);
    Factors factors = factors(site.type(), m, left, n, file.asSlice(buffer.position()));
    return Optional.of(
        new Content(
            new FullRank(spectrum, factors),
            rest.length == 0
                ? Optional.empty()
                : Optional.of(MeanShift.restored(site, factors, weights, between, rest))));
  }

  private static double[] doubles(ByteBuffer from) {
    double[] values = new double[from.getInt()];
    from.asDoubleBuffer().get(values);
    from.position(from.position() + values.length * Double.BYTES);
    return values;
  }

  private Factors factors(DataType type, int m, int rank, int n, MemorySegment bytes) {
    long left = type.bytes((long) m * rank);
    long right = type.bytes((long) rank * n);
    return new Factors(
        weights.append("factor", type, List.of((long) m, (long) rank), bytes.asSlice(0, left)),
        weights.append("factor", type, List.of((long) rank, (long) n), bytes.asSlice(left, right)));
  }

  /** Adds up what goes through. */
  private record Summed(WritableByteChannel to, CRC32C sum) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      ByteBuffer written = bytes.duplicate();
      int count = to.write(bytes);
      sum.update(written.limit(bytes.position()));
      return count;
    }

    @Override
    public boolean isOpen() {
      return to.isOpen();
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
