package io.greenformers.engine.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Ready tensors by name, mapped: {@code .npz} or safetensors. Rows lie along the first axis. */
final class TensorFile {
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  private TensorFile() {}

  /**
   * Maps a file.
   *
   * @param scratch a directory for what is unpacked; the caller deletes it at the end
   * @return at least one tensor, all with as many rows
   * @throws InvalidDatasetException if it is neither, or damaged, or holds more than tensors
   */
  static Map<String, StoredTensor> read(Path file, Path scratch) throws IOException {
    Map<String, StoredTensor> tensors =
        isZip(file) ? new NpzFile(file, scratch).tensors() : SafetensorsFile.tensors(map(file));
    requireRows(tensors);
    return tensors;
  }

  /** Read-only, until it is no longer used. */
  static MemorySegment map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
  }

  private static boolean isZip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    }
  }

  private static void requireRows(Map<String, StoredTensor> tensors) {
    Map<String, Long> rows = new TreeMap<>();
    tensors.forEach((name, tensor) -> {
      if (tensor.shape().isEmpty()) {
        throw malformed(name, "at least one axis, of rows", "a scalar");
      }
      rows.put(name, tensor.rows());
    });
    if (tensors.isEmpty() || rows.containsValue(0L)) {
      throw new InvalidDatasetException(
          "dataset-empty", "the dataset: expected tensors with at least one row, found " + rows);
    }
    if (rows.values().stream().distinct().count() > 1) {
      throw new InvalidDatasetException(
          "dataset-rows-differ",
          "the dataset: expected as many rows in every tensor, found %s".formatted(rows));
    }
  }

  static InvalidDatasetException malformed(String name, String expected, String found) {
    return new InvalidDatasetException(
        "dataset-malformed",
        "the dataset, tensor %s: expected %s, found %s"
            .formatted(Quoted.of(name), expected, found));
  }
}
