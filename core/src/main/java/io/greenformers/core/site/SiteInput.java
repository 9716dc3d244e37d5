package io.greenformers.core.site;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site.Use;
import java.util.Collections;
import java.util.List;

/** What a use of a weight multiplies it by: where a calibration finds the inputs x. */
public sealed interface SiteInput {
  /** The value that holds the inputs; the graph that defines it may enclose the node's. */
  Value value();

  /**
   * A matrix, or a stack of them, one of whose axes contracts with the weight.
   *
   * @param axis that axis, from the end: -1 is the last, -2 the one before it
   */
  record Activations(Value value, int axis) implements SiteInput {}

  /**
   * A signal [batch, channels, space…] whose windows contract with the kernel [O, I, k…]; x is a
   * window, of I·k… elements in the kernel's order.
   *
   * @param kernel k…
   * @param strides one per dimension of space, as are {@code dilations}
   * @param pads two per dimension, as ONNX's {@code Conv} has them
   * @param autoPad {@code NOTSET}, {@code SAME_UPPER}, {@code SAME_LOWER} or {@code VALID}
   */
  record Windows(
      Value value,
      List<Long> kernel,
      List<Long> strides,
      List<Long> dilations,
      List<Long> pads,
      String autoPad)
      implements SiteInput {
    public Windows {
      kernel = List.copyOf(kernel);
      strides = List.copyOf(strides);
      dilations = List.copyOf(dilations);
      pads = List.copyOf(pads);
    }
  }

  /** Indices of rows: x is a unit vector, and C a diagonal of frequencies. */
  record Indices(Value value) implements SiteInput {}

  /** The inputs of a use. */
  static SiteInput of(GraphIndex index, Site site, Use use) {
    NodeProto node = index.node(use.node());
    int position = use.role().inputPosition();
    Value value = index.input(use.node(), position).orElseThrow();
    return switch (use.role()) {
      case MATMUL_RIGHT, GEMM_RIGHT -> new Activations(value, flag(node, "transA") ? -2 : -1);
      case MATMUL_LEFT, GEMM_LEFT -> new Activations(value, flag(node, "transB") ? -1 : -2);
      case ATTENTION -> new Activations(value, -1);
      case GATHER, EMBED_NORM -> new Indices(value);
      case CONV -> windows(site, node, value);
    };
  }

  private static Windows windows(Site site, NodeProto conv, Value value) {
    List<Long> kernel = site.tensor().getDimsList().subList(2, site.tensor().getDimsCount());
    return new Windows(
        value,
        kernel,
        integers(conv, "strides", kernel.size(), 1),
        integers(conv, "dilations", kernel.size(), 1),
        integers(conv, "pads", 2 * kernel.size(), 0),
        Nodes.attribute(conv, "auto_pad").map(a -> a.getS().toStringUtf8()).orElse("NOTSET"));
  }

  private static List<Long> integers(NodeProto node, String name, int count, long absent) {
    return Nodes.attribute(node, name)
        .map(AttributeProto::getIntsList)
        .orElse(Collections.nCopies(count, absent));
  }

  private static boolean flag(NodeProto node, String name) {
    return Nodes.intAttribute(node, name, 0) != 0;
  }
}
