package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: eight bytes with the length of a JSON header, the header, the tensors. A
 * header says nothing that is not checked against the file; the tensors may not overlap.
 */
final class SafetensorsFile {
  private static final long MOST_HEADER_BYTES = 16L << 20;
  private static final String METADATA = "__metadata__";
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SafetensorsFile() {}

  /** Where a tensor lies, in bytes after the header. */
  private record Place(String name, long begins, long ends) {}

  static Map<String, StoredTensor> tensors(MemorySegment file) {
    if (file.byteSize() < Long.BYTES) {
      throw malformed("a header of 8 bytes or more", file.byteSize() + " bytes");
    }
    long length = file.get(LENGTH, 0);
    if (length < 2 || length > Math.min(MOST_HEADER_BYTES, file.byteSize() - Long.BYTES)) {
      throw malformed(
          "a header that is within the file and at most %d bytes".formatted(MOST_HEADER_BYTES),
          Long.toUnsignedString(length) + " bytes of " + file.byteSize());
    }
    ObjectNode header = header(file.asSlice(Long.BYTES, length));
    MemorySegment data = file.asSlice(Long.BYTES + length);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    List<Place> places = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals(METADATA)) {
        Place place = place(entry.getKey(), entry.getValue(), data.byteSize());
        places.add(place);
        tensors.put(entry.getKey(), tensor(place, entry.getValue(), data));
      }
    }
    requireApart(places);
    return tensors;
  }

  private static ObjectNode header(MemorySegment bytes) {
    try {
      byte[] json = bytes.toArray(ValueLayout.JAVA_BYTE);
      if (new JsonMapper().readTree(new String(json, StandardCharsets.UTF_8))
          instanceof ObjectNode header) {
        return header;
      }
      throw malformed("a JSON object as header", "other JSON");
    } catch (JacksonException e) {
      throw malformed("a JSON object as header", "none");
    }
  }

  private static Place place(String name, JsonNode entry, long most) {
    JsonNode offsets = entry.path("data_offsets");
    long begins = offsets.path(0).asLong(-1);
    long ends = offsets.path(1).asLong(-1);
    if (begins < 0 || ends < begins || ends > most) {
      throw TensorFile.malformed(
          name, "data_offsets within the %d bytes of data".formatted(most), offsets.toString());
    }
    return new Place(name, begins, ends);
  }

  private static StoredTensor tensor(Place place, JsonNode entry, MemorySegment data) {
    String dtype = entry.path("dtype").asString("");
    ElementType type =
        StoredTensor.type(dtype)
            .orElseThrow(() ->
                TensorFile.malformed(
                    place.name(),
                    "a dtype of F64, F32, F16, BF16, I64 to U8 or BOOL",
                    Quoted.of(dtype)));
    List<Long> shape = entry.path("shape").valueStream().map(size -> size.asLong(-1)).toList();
    Optional<Long> bytes = StoredTensor.bytes(type, shape);
    if (!bytes.equals(Optional.of(place.ends() - place.begins()))) {
      throw TensorFile.malformed(
          place.name(),
          "the bytes of %s of shape %s".formatted(dtype, shape),
          place.ends() - place.begins() + " bytes");
    }
    return new StoredTensor(
        type, shape, data.asSlice(place.begins(), place.ends() - place.begins()));
  }

  private static void requireApart(List<Place> places) {
    places.sort(Comparator.comparingLong(Place::begins));
    for (int i = 1; i < places.size(); i++) {
      if (places.get(i).begins() < places.get(i - 1).ends()) {
        throw TensorFile.malformed(
            places.get(i).name(), "bytes of its own", "those of " + places.get(i - 1).name());
      }
    }
  }

  private static InvalidDatasetException malformed(String expected, String found) {
    return new InvalidDatasetException(
        "dataset-malformed",
        "the dataset: expected .npz or safetensors with %s, found %s".formatted(expected, found));
  }
}
