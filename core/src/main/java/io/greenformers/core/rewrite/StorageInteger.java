package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Role;
import io.greenformers.core.site.Site.Use;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Stores the weights of sites as 8-bit integers with a scale per channel, for every node that uses
 * them.
 *
 * <p>Where integers are multiplied they are uint8 around 128. Processors without 8-bit dot products
 * (AVX2) add pairs of uint8 × int8 products in 16 bits, where they saturate, and the product is
 * wrong; of uint8 × uint8 it is exact on all of them.
 */
final class StorageInteger {
  private final GraphIndex index;
  private final WeightStore weights;
  private final GraphEditor editor;
  private final StorageEdits edits;

  /** Whether linears may multiply integers. */
  private final boolean integerProducts;

  StorageInteger(
      GraphIndex index,
      WeightStore weights,
      GraphEditor editor,
      StorageEdits edits,
      boolean integerProducts) {
    this.index = index;
    this.weights = weights;
    this.editor = editor;
    this.edits = edits;
    this.integerProducts = integerProducts;
  }

  StorageDecision store(Site site) {
    if (site.obstacle().isPresent()) {
      return new StorageDecision.Left(site.obstacle().get());
    }
    if (site.uses().stream().anyMatch(u -> u.cast().isPresent())) {
      return new StorageDecision.Left("is cast to another type before it is used");
    }
    float[] values = weights.floats(site.tensor());
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return new StorageDecision.Left("holds NaN or infinite values");
      }
    }
    int axis = axis(site);
    StorageChannels channels = new StorageChannels(values, site.tensor().getDimsList(), axis);
    if (channels.underflows()) {
      return new StorageDecision.Left("holds values too small for a normal fp32 scale");
    }
    List<Use> products = site.uses().stream().filter(u -> isProduct(u, axis)).toList();
    Names names = write(site, channels, axis, products.size());
    for (Use use : site.uses()) {
      edits.add(
          use.node(),
          products.contains(use)
              ? (node, before) -> product(node, use, names, before)
              : (node, before) -> expanded(node, use, names, before));
    }
    return new StorageDecision.Stored(channels.bytes(), !products.isEmpty());
  }

  /**
   * Initializers: the integers; scales that broadcast against them, and as a vector; what stands
   * for 0 in the integers, as they are and as fp32, empty where 0 does.
   */
  private record Names(
      String integers, String scales, String vector, String zero, String realZero) {
    boolean isUnsigned() {
      return !zero.isEmpty();
    }
  }

  private Names write(Site site, StorageChannels channels, int axis, int products) {
    String wish = site.weight().name();
    int graph = site.weight().graph();
    List<Long> dims = site.tensor().getDimsList();
    boolean unsigned = products > 0;
    String integers = editor.freshName(wish + (unsigned ? "_uint8" : "_int8"));
    editor.addInitializer(
        graph,
        unsigned
            ? channels.unsigned(weights, integers, dims)
            : channels.integers(weights, integers, dims));
    String zero = unsigned ? scalar(graph, wish + "_zero_point", DataType.UINT8) : "";
    boolean needsReal = unsigned && products < site.uses().size();
    String realZero = needsReal ? scalar(graph, wish + "_middle", DataType.FLOAT) : "";
    String vector = editor.freshName(wish + "_scales");
    List<Long> one = List.of(dims.get(axis));
    boolean needsVector = axis != 0 || products > 0;
    if (needsVector) {
      editor.addInitializer(graph, channels.scales(weights, vector, one));
    }
    if (axis != 0 || products == site.uses().size()) {
      return new Names(integers, vector, vector, zero, realZero);
    }
    List<Long> column = new ArrayList<>(Collections.nCopies(dims.size(), 1L));
    column.set(0, dims.getFirst());
    String scales = editor.freshName(wish + "_row_scales");
    editor.addInitializer(graph, channels.scales(weights, scales, column));
    return new Names(integers, scales, vector, zero, realZero);
  }

  private String scalar(int graph, String wish, DataType type) {
    String name = editor.freshName(wish);
    editor.addInitializer(
        graph, weights.append(name, type, List.of(), i -> StorageChannels.MIDDLE));
    return name;
  }

  /** Rows of a table have scales of their own; else each output of the first use has. */
  private static int axis(Site site) {
    boolean rows = site.uses().stream().anyMatch(u -> u.role() == Role.GATHER && !u.transposed());
    return rows ? 0 : outputAxis(site.uses().getFirst());
  }

  private static int outputAxis(Use use) {
    return switch (use.role()) {
      case MATMUL_RIGHT, GEMM_RIGHT, GATHER, ATTENTION, EMBED_NORM -> use.transposed() ? 0 : 1;
      case MATMUL_LEFT, GEMM_LEFT -> use.transposed() ? 1 : 0;
      case CONV -> 0;
    };
  }

  private boolean isProduct(Use use, int axis) {
    NodeProto node = index.node(use.node());
    return integerProducts
        && outputAxis(use) == axis
        && switch (use.role()) {
          case MATMUL_RIGHT -> Nodes.is(node, "MatMul");
          case GEMM_RIGHT ->
              Nodes.is(node, "Gemm")
                  && Nodes.intAttribute(node, "transA", 0) == 0
                  && Nodes.floatAttribute(node, "alpha", 1) == 1
                  && Nodes.floatAttribute(node, "beta", 1) == 1;
          case MATMUL_LEFT, GEMM_LEFT, GATHER, CONV, ATTENTION, EMBED_NORM -> false;
        };
  }

  /**
   * y = (q(x) − zero)·(Q − 128), times both scales: the form that runtimes fuse into one kernel.
   */
  private NodeProto product(NodeProto node, Use use, Names names, StorageEdits.Before before) {
    String x = node.getInput(0);
    String quantized = before.once("quantized " + x, () -> String.join("\n", before.quantize(x)));
    String[] parts = quantized.split("\n", -1);
    String integers = upright(names.integers(), use.transposed(), before);
    String sums =
        before.add("MatMulInteger", List.of(), parts[0], integers, parts[2], names.zero());
    String real = before.add("Cast", toFloat(), sums);
    String scales = before.add("Mul", List.of(), parts[1], names.vector());
    boolean biased = use.role() == Role.GEMM_RIGHT && Nodes.input(node, 2).isPresent();
    return biased
        ? StorageEdits.instead(
            node, "Add", before.add("Mul", List.of(), real, scales), node.getInput(2))
        : StorageEdits.instead(node, "Mul", real, scales);
  }

  /** The node as it was, on values that are made fp32 again. */
  private NodeProto expanded(NodeProto node, Use use, Names names, StorageEdits.Before before) {
    if (use.role() == Role.GATHER && !use.transposed()) {
      String ids = node.getInput(1);
      String rows = before.add("Gather", node.getAttributeList(), names.integers(), ids);
      String real = real(rows, names, before);
      String scales = before.add("Gather", node.getAttributeList(), names.scales(), ids);
      return StorageEdits.instead(node, "Mul", real, scales);
    }
    String whole =
        before.once(
            names.integers(),
            () ->
                before.add(
                    "Mul", List.of(), real(names.integers(), names, before), names.scales()));
    boolean first =
        switch (use.role()) {
          case MATMUL_LEFT, GEMM_LEFT, GATHER -> true;
          case MATMUL_RIGHT, GEMM_RIGHT, CONV, ATTENTION, EMBED_NORM -> false;
        };
    String operand = upright(whole, use.transposed() ^ flips(node, use.role()), before);
    return node.toBuilder().setInput(first ? 0 : 1, operand).build();
  }

  private static String real(String integers, Names names, StorageEdits.Before before) {
    String real = before.add("Cast", toFloat(), integers);
    return names.isUnsigned() ? before.add("Sub", List.of(), real, names.realZero()) : real;
  }

  private static boolean flips(NodeProto node, Role role) {
    return switch (role) {
      case GEMM_LEFT -> Nodes.intAttribute(node, "transA", 0) != 0;
      case GEMM_RIGHT -> Nodes.intAttribute(node, "transB", 0) != 0;
      case MATMUL_LEFT, MATMUL_RIGHT, GATHER, CONV, ATTENTION, EMBED_NORM -> false;
    };
  }

  private static String upright(String matrix, boolean transposed, StorageEdits.Before before) {
    return transposed
        ? before.once(matrix + " transposed", () -> before.add("Transpose", List.of(), matrix))
        : matrix;
  }

  private static List<AttributeProto> toFloat() {
    return List.of(StorageEdits.integer("to", DataType.FLOAT.number()));
  }
}
