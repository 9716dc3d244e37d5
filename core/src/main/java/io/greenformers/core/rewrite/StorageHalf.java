package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Use;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.List;
import java.util.Optional;

/** Stores tensors as fp16; whoever reads them reads a {@code Cast} to fp32. */
final class StorageHalf {
  private static final float LARGEST = 65504;
  private static final float LEAST_NORMAL = 0x1p-14f;

  private final GraphIndex index;
  private final WeightStore weights;
  private final GraphEditor editor;
  private final StorageEdits edits;

  StorageHalf(GraphIndex index, WeightStore weights, GraphEditor editor, StorageEdits edits) {
    this.index = index;
    this.weights = weights;
    this.editor = editor;
    this.edits = edits;
  }

  StorageDecision store(Value value, TensorProto tensor) {
    for (Use use : index.uses(value)) {
      if (hasBody(index.node(use.node()))) {
        return new StorageDecision.Left(
            "is read by node %s, which has a body"
                .formatted(Nodes.describe(index.node(use.node()))));
      }
    }
    float[] values = weights.floats(tensor);
    Optional<String> objection = objection(values);
    if (objection.isPresent()) {
      return new StorageDecision.Left(objection.get());
    }
    String name = editor.freshName(value.name() + "_fp16");
    editor.addInitializer(
        value.graph(),
        weights.append(name, DataType.FLOAT16, tensor.getDimsList(), i -> values[(int) i]));
    index.uses(value).forEach(use -> read(use, name));
    return new StorageDecision.Stored(DataType.FLOAT16.bytes(values.length), false);
  }

  private void read(Use use, String stored) {
    edits.add(
        use.node(),
        (node, before) -> {
          String cast =
              before.once(
                  stored,
                  () ->
                      before.add(
                          "Cast",
                          List.of(StorageEdits.integer("to", DataType.FLOAT.number())),
                          stored));
          return node.toBuilder().setInput(use.input(), cast).build();
        });
  }

  private static Optional<String> objection(float[] values) {
    float most = 0;
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return Optional.of("holds NaN or infinite values");
      }
      most = Math.max(most, Math.abs(value));
    }
    if (most > LARGEST) {
      return Optional.of("holds %.4g; the largest fp16 is 65504".formatted(most));
    }
    return most > 0 && most < LEAST_NORMAL
        ? Optional.of("holds nothing above %.2g; fp16 would lose its digits".formatted(most))
        : Optional.empty();
  }

  private static boolean hasBody(NodeProto node) {
    return node.getAttributeList().stream().anyMatch(a -> a.hasG() || a.getGraphsCount() > 0);
  }
}
