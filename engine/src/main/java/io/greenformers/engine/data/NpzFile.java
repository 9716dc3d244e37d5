package io.greenformers.engine.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A ZIP archive of {@code .npy} files, as {@code numpy.savez} writes it. What an array is to be
 * long is known from its own header before any of it is unpacked, and no byte more is unpacked.
 */
final class NpzFile {
  /** Of all arrays of a file. */
  private static final long MOST_BYTES = 8L << 30;

  private static final int MOST_ARRAYS = 1000;
  private static final String SUFFIX = ".npy";

  private final Path file;
  private final Path scratch;

  /**
   * Of a file that is not read yet.
   *
   * @param scratch a directory for what is unpacked
   */
  NpzFile(Path file, Path scratch) {
    this.file = file;
    this.scratch = scratch;
  }

  Map<String, StoredTensor> tensors() throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() > MOST_ARRAYS) {
        throw damaged("at most %d arrays".formatted(MOST_ARRAYS), zip.size() + "");
      }
      long left = MOST_BYTES;
      for (ZipEntry entry : List.copyOf(zip.stream().toList())) {
        try (InputStream in = zip.getInputStream(entry)) {
          String name = entry.getName();
          NpyHeader header = NpyHeader.read(name, in);
          if (header.bytes() > left) {
            throw new InvalidDatasetException(
                "dataset-too-large",
                "the dataset, tensor %s: expected at most %d bytes in all tensors, found %d in this one; split the file"
                    .formatted(Quoted.of(name), MOST_BYTES, header.bytes()));
          }
          left -= header.bytes();
          tensors.put(
              name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name,
              new StoredTensor(header.type(), header.shape(), unpack(name, header, in)));
        }
      }
    } catch (ZipException e) {
      throw damaged("a whole ZIP archive of .npy files", String.valueOf(e.getMessage()));
    }
    return tensors;
  }

  private MemorySegment unpack(String name, NpyHeader header, InputStream in) throws IOException {
    Path unpacked = Files.createTempFile(scratch, "tensor", SUFFIX);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unpacked))) {
      byte[] buffer = new byte[1 << 16];
      long left = header.bytes();
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw TensorFile.malformed(
              name, header.bytes() + " bytes of elements", header.bytes() - left + "");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
      if (in.read() >= 0) {
        throw TensorFile.malformed(name, header.bytes() + " bytes of elements", "more");
      }
    }
    return TensorFile.map(unpacked);
  }

  private static InvalidDatasetException damaged(String expected, String found) {
    return new InvalidDatasetException(
        "dataset-malformed", "the dataset: expected %s, found %s".formatted(expected, found));
  }
}
