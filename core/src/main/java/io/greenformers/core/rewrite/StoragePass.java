package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Stores fp32 weights in fewer bits, factors included, with standard operators only.
 *
 * <ol>
 *   <li>Only initializers of the main graph; small ones stay, as do ones that a caller may override
 *       or reads.
 *   <li>fp16: any tensor whose values fp16 can hold. int8: weights that {@link SiteFinder} finds
 *       without an obstacle, whatever reads them.
 *   <li>Tensors with NaN or infinite values stay.
 *   <li>A node that is replaced passes its name and its outputs on.
 *   <li>The signature does not change: all inputs and outputs stay fp32.
 * </ol>
 */
public final class StoragePass implements Pass {
  /** Below this, names and nodes cost more than is saved. */
  public static final long LEAST_ELEMENTS = 4096;

  private final GraphIndex index;
  private final StorageMode mode;
  private final long leastElements;
  private final Predicate<String> names;

  /**
   * Prepares the pass for one model.
   *
   * @param index of the model that the pass will be applied to
   * @param leastElements tensors with fewer stay
   * @param names of the initializers that may be stored in fewer bits
   */
  public StoragePass(
      GraphIndex index, StorageMode mode, long leastElements, Predicate<String> names) {
    this.index = index;
    this.mode = mode;
    this.leastElements = leastElements;
    this.names = names;
  }

  /** Prepares the pass for all large weights of one model. */
  public StoragePass(GraphIndex index, StorageMode mode) {
    this(index, mode, LEAST_ELEMENTS, name -> true);
  }

  @Override
  public PassResult apply(OnnxModel model) {
    StorageResult result = store(model);
    return new PassResult(result.model(), result.changed());
  }

  /** Applies the pass, and tells what became of each tensor. */
  public StorageResult store(OnnxModel model) {
    GraphEditor editor = new GraphEditor(model, index);
    StorageEdits edits = new StorageEdits(index, editor);
    StorageHalf half = new StorageHalf(index, model.weights(), editor, edits);
    boolean products = mode == StorageMode.INT8_DYNAMIC;
    StorageInteger integer = new StorageInteger(index, model.weights(), editor, edits, products);
    Map<Value, Site> sites = sites(model);
    Map<String, StorageDecision> decisions = new LinkedHashMap<>();
    for (TensorProto tensor : index.graph(0).getInitializerList()) {
      if (Tensors.type(tensor) == DataType.FLOAT) {
        Value value = new Value(0, tensor.getName());
        decisions.put(
            value.name(),
            obstacle(model, value, tensor)
                .map(o -> (StorageDecision) new StorageDecision.Left(o))
                .orElseGet(() ->
                    switch (mode) {
                      case FP16 -> half.store(value, tensor);
                      case INT8, INT8_DYNAMIC ->
                          Optional.ofNullable(sites.get(value))
                              .map(integer::store)
                              .orElseGet(
                                  () -> new StorageDecision.Left("is no weight of a product"));
                    }));
      }
    }
    edits.make();
    StorageResult result = new StorageResult(model, decisions);
    return result.changed() ? new StorageResult(editor.apply(), decisions) : result;
  }

  private Map<Value, Site> sites(OnnxModel model) {
    Map<Value, Site> sites = new HashMap<>();
    SiteFinder.find(model, index).forEach(s -> sites.put(s.weight(), s));
    return sites;
  }

  private Optional<String> obstacle(OnnxModel model, Value value, TensorProto tensor) {
    long elements = Tensors.elements(tensor.getDimsList());
    if (elements < leastElements) {
      return Optional.of("has %d elements, fewer than %d".formatted(elements, leastElements));
    }
    if (elements > Integer.MAX_VALUE - 8) {
      return Optional.of("has more elements than fit in one working set");
    }
    if (!names.test(value.name())) {
      return Optional.of("was not asked for");
    }
    if (index.isInput(value) && !model.initializersAreInputs()) {
      return Optional.of("is an input of the model too: a caller may override it");
    }
    if (index.isOutput(value)) {
      return Optional.of("is an output of the graph too");
    }
    return index.uses(value).isEmpty() ? Optional.of("is not used") : Optional.empty();
  }
}
