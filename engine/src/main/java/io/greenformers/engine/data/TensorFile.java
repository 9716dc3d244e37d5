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
   * @return at least one tensor, all with as many rows
   * @throws InvalidDatasetException if it is neither, or damaged, or holds more than tensors
   */
  static Map<String, StoredTensor> read(Path file, TensorReading reading) throws IOException {
    TensorFormat found = format(file);
    reading
        .format()
        .filter(given -> given != found)
        .ifPresent(given -> {
          throw new InvalidDatasetException(
              "dataset-malformed",
              "the dataset: expected %s, as data.format says, found %s".formatted(given, found));
        });
    Map<String, StoredTensor> tensors =
        switch (found) {
          case NPZ -> new NpzFile(file, reading.scratch()).tensors();
          case SAFETENSORS -> SafetensorsFile.tensors(map(file));
        };
    requireRows(tensors);
    return tensors;
  }

  /** Read-only, until it is no longer used. */
  static MemorySegment map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
  }

  private static TensorFormat format(Path file) throws IOException {
    byte[] begins;
    try (InputStream in = Files.newInputStream(file)) {
      begins = in.readNBytes(Long.BYTES);
    }
    if (Arrays.equals(begins, 0, Math.min(begins.length, ZIP.length), ZIP, 0, ZIP.length)) {
      return TensorFormat.NPZ;
    }
    if (isText(begins)) {
      throw new InvalidDatasetException(
          "tokenizer-missing",
          "the dataset: expected ready tensors (.npz or safetensors), since there is no data.tokenizer, found other bytes; texts need a data.tokenizer");
    }
    return TensorFormat.SAFETENSORS;
  }

  /** The length of a header, which safetensors begins with, has zeros; no text has any. */
  private static boolean isText(byte[] begins) {
    for (byte some : begins) {
      if (some == 0 || some == -1) {
        return false;
      }
    }
    return begins.length > 0;
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
