package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TensorBatchesTest {
  private static final int ROWS = 10;
  private static final long SEED = 3;
  private static final String FLOATS =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 2), }";
  private static final String INTS = "{'descr': '<i8', 'fortran_order': False, 'shape': (10,), }";

  private static final List<InputSpec> MODEL =
      List.of(
          new InputSpec(
              "pixels",
              ElementType.FLOAT,
              List.of(new Dimension.Dynamic("batch"), new Dimension.Fixed(2))));

  @TempDir Path directory;

  @Test
  void rowsComeWithTheirLabels() throws Exception {
    for (Path file : List.of(npz(FLOATS, floats(), INTS, ints(3)), safetensors())) {
      TensorBatches batches = open(file);
      assertThat(batches.size()).isEqualTo(ROWS);
      assertThat(batches.batchesPerEpoch()).isEqualTo(3);
      boolean[] seen = new boolean[ROWS];
      for (int b = 0; b < 3; b++) {
        TensorBatch batch = batches.batch(1, b);
        Tensor pixels = Objects.requireNonNull(batch.inputs().get("pixels"));
        Tensor labels = ((Targets.Classes) batch.targets()).indices();
        assertThat(pixels.shape()).containsExactly((long) batch.size(), 2L);
        for (int i = 0; i < batch.size(); i++) {
          int row = (int) pixels.get(2 * i);
          assertThat(pixels.get(2 * i + 1)).isEqualTo(row + 0.5);
          assertThat(labels.get(i)).isEqualTo((double) (row % 3));
          seen[row] = true;
        }
      }
      assertThat(seen).doesNotContain(false);
      batches.requireLabelsBelow(3);
      refuses("dataset-label-out-of-range", () -> batches.requireLabelsBelow(2))
          .hasMessageContaining("row 2");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'descr': '|O', 'fortran_order': False, 'shape': (10, 2), } ; dataset-pickled ; 'pixels.npy'",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (10, 2), } ; dataset-malformed ; little-endian",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (10, 2), } ; dataset-malformed ; C order",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (10, 2), } ; dataset-malformed ; c8",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (11, 2), } ; dataset-malformed ; 88 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 2), } ; dataset-malformed ; more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 4), } ; dataset-rows-differ ; pixels=5",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 2, 1), } ; dataset-not-for-model ; [10, 2, 1]",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (10, 2), } ; dataset-not-for-model ; INT32",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), } ; dataset-malformed ; more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2), } ; dataset-malformed ; shape",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), } ; dataset-malformed ; shape",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 2), } ; dataset-too-large ; split",
        "import os ; dataset-malformed ; header",
      })
  void anArrayThatIsNotWhatItSaysIsRefused(String header, String code, String said)
      throws Exception {
    Path file = npz(header, floats(), INTS, ints(3));
    refuses(code, () -> open(file)).hasMessageContaining(said);
  }

  @Test
  void aZipBombIsNotUnpacked() throws Exception {
    // a hundred million zeros behind a header that says 80 bytes
    Path file = directory.resolve("bomb");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("pixels.npy"));
      zip.write(npy(FLOATS, new byte[0]));
      for (int i = 0; i < 100; i++) {
        zip.write(new byte[1_000_000]);
      }
    }
    refuses("dataset-malformed", () -> open(file)).hasMessageContaining("found more");
    try (var left = Files.list(directory)) {
      assertThat(left.mapToLong(f -> f.toFile().length()).sum()).isLessThan(1_000_000);
    }
  }

  @Test
  void valuesThatAreNoNumbersAreRefusedWithTheirRow() throws Exception {
    byte[] floats = floats();
    ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN).putFloat(4 * 2 * 7, Float.NaN);
    Path file = npz(FLOATS, floats, INTS, ints(3));
    refuses("dataset-rows-invalid", () -> open(file))
        .hasMessageContaining("row 7: tensor 'pixels'");
  }

  @Test
  void labelsOfOneKindAndMissingTensorsAreRefused() throws Exception {
    Path single = npz(FLOATS, floats(), INTS, ints(1));
    refuses("dataset-single-class", () -> open(single));
    Path none = archive(Map.of("pixels.npy", npy(FLOATS, floats())));
    refuses("dataset-column-missing", () -> open(none)).hasMessageContaining("labels 'labels'");
    Path other = archive(Map.of("x.npy", npy(FLOATS, floats()), "labels.npy", npy(INTS, ints(3))));
    refuses("dataset-column-missing", () -> open(other)).hasMessageContaining("[pixels]");
    Path pickle = archive(Map.of("data.pkl", new byte[] {(byte) 0x80, 4, 0, 0, 0, 0, 0, 0}));
    refuses("dataset-pickled", () -> open(pickle));
  }

  @Test
  void truncatedArchivesAreRefused() throws Exception {
    byte[] whole = Files.readAllBytes(npz(FLOATS, floats(), INTS, ints(3)));
    for (int length : new int[] {4, 60, whole.length / 2, whole.length - 1}) {
      Path file = Files.write(directory.resolve("truncated"), Arrays.copyOf(whole, length));
      refuses("dataset-malformed", () -> open(file));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"pixels\": {\"dtype\": \"F32\", \"shape\": [10, 2], \"data_offsets\": [0, 81]}} | data_offsets",
        "{\"pixels\": {\"dtype\": \"F32\", \"shape\": [10, 2], \"data_offsets\": [-4, 76]}} | data_offsets",
        "{\"pixels\": {\"dtype\": \"F32\", \"shape\": [10, 3], \"data_offsets\": [0, 80]}} | [10, 3]",
        "{\"pixels\": {\"dtype\": \"Q7\", \"shape\": [10, 2], \"data_offsets\": [0, 80]}} | 'Q7'",
        "{\"pixels\": {\"dtype\": \"F32\", \"shape\": [-10, -2], \"data_offsets\": [0, 80]}} | 80 bytes",
        "{\"a\": {\"dtype\": \"U8\", \"shape\": [9], \"data_offsets\": [0, 9]}, \"b\": {\"dtype\": \"U8\", \"shape\": [9], \"data_offsets\": [8, 17]}} | bytes of its own",
        "[] | JSON object",
        "{\"pixels\": | JSON object",
      })
  void aHeaderThatDoesNotFitItsFileIsRefused(String header, String said) throws Exception {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(directory.resolve("st"), safetensors(json.length, json, new byte[80]));
    refuses("dataset-malformed", () -> open(file)).hasMessageContaining(said);
  }

  @Test
  void aHeaderLongerThanItsFileIsRefused() throws Exception {
    for (long length : new long[] {-1, 1L << 40, 100}) {
      byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
      Path file = Files.write(directory.resolve("st"), safetensors(length, json, new byte[8]));
      refuses("dataset-malformed", () -> open(file)).hasMessageContaining("header");
    }
  }

  private TensorBatches open(Path file) {
    TensorReading reading =
        new TensorReading(
            Optional.empty(), Optional.of("labels"), new Signature(MODEL, Map.of()), directory);
    List<TensorRow> rows = TensorTable.open(file, reading).rows();
    return TensorBatches.training(rows, reading.signature(), 4, SEED);
  }

  private static AbstractThrowableAssert<?, ?> refuses(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    return assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InvalidDatasetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Path npz(String floats, byte[] pixels, String ints, byte[] labels) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("pixels.npy", npy(floats, pixels));
    entries.put("labels.npy", npy(ints, labels));
    return archive(entries);
  }

  private Path archive(Map<String, byte[]> entries) throws IOException {
    Path file = Files.createTempFile(directory, "archive", "");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static byte[] npy(String header, byte[] elements) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(new byte[] {(byte) text.length, (byte) (text.length >> 8)});
    out.write(text);
    out.write(elements);
    return out.toByteArray();
  }

  private Path safetensors() throws IOException {
    byte[] header =
        """
        {"__metadata__": {"format": "pt"},
         "pixels": {"dtype": "F32", "shape": [10, 2], "data_offsets": [0, 80]},
         "labels": {"dtype": "I64", "shape": [10], "data_offsets": [80, 160]}}
        """
            .getBytes(StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOf(floats(), 160);
    System.arraycopy(ints(3), 0, data, 80, 80);
    return Files.write(
        directory.resolve("whole.safetensors"), safetensors(header.length, header, data));
  }

  private static byte[] safetensors(long length, byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(header)
        .put(data)
        .array();
  }

  /** Row i is (i, i + 0.5). */
  private static byte[] floats() {
    ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, ROWS).forEach(i -> bytes.putFloat(i).putFloat(i + 0.5f));
    return bytes.array();
  }

  private static byte[] ints(int classes) {
    ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, ROWS).forEach(i -> bytes.putLong(i % classes));
    return bytes.array();
  }
}
