package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Part;
import io.greenformers.core.site.PartFinder;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.report.Documents;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which part of a model takes how many bytes. What replaces a weight is found by its name, which
 * begins with the weight's.
 */
final class SizeByPart {
  private final NavigableMap<String, Part> parts = new TreeMap<>();

  private SizeByPart(OnnxModel original) {
    GraphIndex index = GraphIndex.of(original);
    original
        .proto()
        .getGraph()
        .getInitializerList()
        .forEach(weight -> parts.put(weight.getName(), Part.OTHER));
    PartFinder.find(index, SiteFinder.find(original, index))
        .forEach((site, part) -> parts.put(site.weight().name(), part));
  }

  /**
   * The bytes of every part.
   *
   * @param originalBytes of all files: what no weight takes is {@link Part#OTHER}
   * @param compressedBytes likewise
   */
  static List<Documents.PartSize> of(
      OnnxModel original, long originalBytes, OnnxModel compressed, long compressedBytes) {
    SizeByPart sizes = new SizeByPart(original);
    Map<Part, Long> before = sizes.bytes(original, originalBytes);
    Map<Part, Long> after = sizes.bytes(compressed, compressedBytes);
    return Arrays.stream(Part.values())
        .map(part ->
            new Documents.PartSize(
                Documents.lower(part).replace('_', '-'),
                before.getOrDefault(part, 0L),
                after.getOrDefault(part, 0L)))
        .toList();
  }

  private Map<Part, Long> bytes(OnnxModel model, long all) {
    Map<Part, Long> bytes = new EnumMap<>(Part.class);
    long rest = all;
    for (TensorProto weight : model.proto().getGraph().getInitializerList()) {
      bytes.merge(part(weight.getName()), Tensors.bytes(weight), Long::sum);
      rest -= Tensors.bytes(weight);
    }
    bytes.merge(Part.OTHER, Math.max(0, rest), Long::sum);
    return bytes;
  }

  /** That of the weight with the longest name that this one begins with. */
  private Part part(String name) {
    for (String known = parts.floorKey(name); known != null; known = parts.lowerKey(known)) {
      if (name.startsWith(known)) {
        return parts.getOrDefault(known, Part.OTHER);
      }
      if (known.isEmpty() || known.charAt(0) != name.charAt(0)) {
        return Part.OTHER;
      }
    }
    return Part.OTHER;
  }
}
