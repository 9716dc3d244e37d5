package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The shapes that values of a model have at the shapes of a grid, asked of ONNX Runtime: a graph
 * with a {@code Shape} node and an output for each value is run once per shape.
 *
 * <p>A batch of 8 and a length of 64 make 512 rows in one place, 8 in a classifier's head, and
 * something else behind a convolution.
 */
final class OperandShapes {
  private final Map<GridShape, Map<Value, List<Long>>> shapes = new LinkedHashMap<>();
  private final Map<GridShape, String> refused = new LinkedHashMap<>();

  private OperandShapes() {}

  /**
   * Runs the model.
   *
   * @param canonical the model as ONNX Runtime may see it; external data lies beside it
   * @param values of the main graph
   */
  static OperandShapes of(
      OnnxModel model, GraphIndex index, Path canonical, Set<Value> values, List<GridShape> grid) {
    OperandShapes found = new OperandShapes();
    GraphEditor names = new GraphEditor(model, index);
    Map<Value, String> outputs = new LinkedHashMap<>();
    values.forEach(v -> outputs.put(v, names.freshName(v.name() + "_shape")));
    Path probe = canonical.resolveSibling("shapes-" + canonical.getFileName());
    try {
      write(canonical, probe, outputs);
      try (ModelSession session = ModelSession.open(probe, Optimization.NONE)) {
        found.run(session, index, outputs, grid);
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The shapes of the grid that the model runs at. */
  List<GridShape> grid() {
    return List.copyOf(shapes.keySet());
  }

  /** Why the model does not run at any shape, where it does not. */
  Optional<String> refusal() {
    return shapes.isEmpty() ? refused.values().stream().findFirst() : Optional.empty();
  }

  List<Long> shape(Value value, GridShape at) {
    return Objects.requireNonNull(Objects.requireNonNull(shapes.get(at)).get(value));
  }

  /** Values that the runtime knows the shapes of. */
  Set<Value> values() {
    return shapes.values().stream().findFirst().map(Map::keySet).orElse(Set.of());
  }

  private void run(
      ModelSession session, GraphIndex index, Map<Value, String> outputs, List<GridShape> grid) {
    RandomInputs inputs = new RandomInputs(session.inputs(), TokenBounds.of(index), 23);
    List<GridShape> asked = inputs.hasDynamicAxes() ? grid : grid.subList(0, 1);
    for (GridShape at : new LinkedHashSet<>(asked)) {
      try {
        Map<String, Tensor> results = session.run(inputs.next(at.batch(), at.sequence()));
        Map<Value, List<Long>> found = new LinkedHashMap<>();
        outputs.forEach(
            (value, name) -> found.put(value, dims(Objects.requireNonNull(results.get(name)))));
        shapes.put(at, found);
      } catch (UnrunnableModelException e) {
        refused.put(at, String.valueOf(e.getMessage()));
      }
    }
  }

  private static List<Long> dims(Tensor shape) {
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < shape.elements(); i++) {
      dims.add((long) shape.get(i));
    }
    return dims;
  }

  /** Messages of protobuf merge when they are written one after the other: repeated fields grow. */
  private static void write(Path canonical, Path probe, Map<Value, String> outputs)
      throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    outputs.forEach((value, name) -> {
      graph.addNode(GraphParts.node("Shape", name, value.name()));
      graph.addOutput(GraphParts.shapeOutput(name));
    });
    Files.copy(canonical, probe, StandardCopyOption.REPLACE_EXISTING);
    Files.write(
        probe,
        ModelProto.newBuilder().setGraph(graph).build().toByteArray(),
        StandardOpenOption.APPEND);
  }
}
