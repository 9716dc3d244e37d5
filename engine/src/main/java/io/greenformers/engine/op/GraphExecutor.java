package io.greenformers.engine.op;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.engine.torch.Autocast;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs a model's graph on libtorch. Its results can be differentiated by the {@link #parameters};
 * without any, no state for gradients is built.
 *
 * <p>Holds the weights in native memory until closed; the model's weight store must stay open as
 * long. Not thread-safe.
 */
public final class GraphExecutor implements AutoCloseable {
  private static final Torch.Guard NOTHING = () -> {};

  private final GraphProto graph;
  private final RunContext context;
  private final ConstantPool constants;
  private final Planner planner;
  private final Map<String, Tensor> parameters;
  private final Map<Set<String>, Plan> plans = new HashMap<>();

  private GraphExecutor(OnnxModel model, Operators operators, ExecutorSettings settings) {
    this.graph = model.proto().getGraph();
    this.context = new RunContext(settings, model.weights());
    this.constants = new ConstantPool(context);
    this.parameters = parameters(settings);
    this.planner = new Planner(operators, constants, settings.fused());
  }

  /**
   * Loads a model.
   *
   * @throws UnsupportedOperatorException naming each operator without a converter, with its nodes
   * @throws io.greenformers.engine.torch.UnsupportedTypeException if a constant has a type that
   *     libtorch lacks
   */
  public static GraphExecutor of(OnnxModel model, ExecutorSettings settings) {
    Operators operators = operators(model);
    Torch.prepare();
    return new GraphExecutor(model, operators, settings);
  }

  /**
   * Checks whether a model can be run here; loads nothing.
   *
   * @throws UnsupportedOperatorException naming each operator without a converter, with its nodes
   */
  public static void requireSupported(OnnxModel model) {
    operators(model);
  }

  private static Operators operators(OnnxModel model) {
    Operators operators = new Operators(StandardOperators.REGISTRY, model.proto());
    operators.check(model.proto().getGraph());
    return operators;
  }

  /**
   * The trainable constants by name: leaf tensors that require gradients, of the settings' type.
   * They may be changed in place between runs; the executor closes them.
   */
  public Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** The names of the values that a caller must feed. */
  public List<String> inputs() {
    return graph.getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !constants.of(graph).containsKey(name))
        .toList();
  }

  /** The names of the model's outputs. */
  public Set<String> outputs() {
    return Collections.unmodifiableSet(
        new LinkedHashSet<>(graph.getOutputList().stream().map(ValueInfoProto::getName).toList()));
  }

  /**
   * Computes values of the main graph, and only what they depend on.
   *
   * @param feeds inputs by name, on any device, not closed
   * @param wanted names of values: outputs, or any that a node of the main graph makes
   * @throws NodeFailedException if a node does not accept its inputs
   */
  public Outputs run(Map<String, Tensor> feeds, Set<String> wanted) {
    Plan plan = plans.computeIfAbsent(Set.copyOf(wanted), w -> planner.plan(graph, w));
    try (Scope scope = new Scope();
        Torch.Guard gradients = parameters.isEmpty() ? Torch.withoutGradients() : NOTHING;
        Torch.Guard autocast = autocast();
        Frame frame = new Frame(Optional.empty(), values(feeds))) {
      plan.steps().forEach(step -> frame.run(step, context));
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      wanted.forEach(name -> outputs.put(name, frame.handle(name)));
      return new Outputs(outputs);
    }
  }

  /** The same without any state for gradients, as in evaluation. */
  public Outputs infer(Map<String, Tensor> feeds, Set<String> wanted) {
    try (Torch.Guard gradients = Torch.withoutGradients()) {
      return run(feeds, wanted);
    }
  }

  @Override
  public void close() {
    constants.close();
  }

  private Torch.Guard autocast() {
    return context.settings().type() == ComputeType.BFLOAT16
        ? Autocast.bfloat16(context.settings().device())
        : NOTHING;
  }

  private Map<String, Tensor> values(Map<String, Tensor> feeds) {
    Map<String, Tensor> values = new HashMap<>(constants.of(graph));
    feeds.forEach((name, fed) -> {
      Tensor placed = context.settings().device().place(fed);
      values.put(name, placed.to(context.settings().type().of(placed.scalar_type())));
    });
    return values;
  }

  private Map<String, Tensor> parameters(ExecutorSettings settings) {
    Map<String, Tensor> chosen = new LinkedHashMap<>();
    constants
        .of(graph)
        .forEach((name, constant) -> {
          if (constant.is_floating_point() && settings.trainable().test(name)) {
            constant.set_requires_grad(true);
            chosen.put(name, constant);
          }
        });
    return chosen;
  }
}
