package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Puts ONNX Runtime's {@code SkipLayerNormalization} in the place of a residual {@code Add}, the
 * bias before it, and the {@code LayerNormalization} after it: one walk over the activations
 * instead of three.
 *
 * <p>ONNX Runtime fuses these itself only where lengths are fixed. Here both operands must have the
 * same shape [batch, length, size] in every run, by {@link SymbolicShapes}, and be of fp32. Where
 * the sum has other readers, they read the operator's fourth output.
 */
public final class FuseSkipNormPass implements Pass {
  private static final float DEFAULT_EPSILON = 1e-5f;

  @Override
  public PassResult apply(OnnxModel model) {
    Fusion fusion = new Fusion(model);
    fusion.index.nodes().forEach(fusion::visit);
    return fusion.changed
        ? new PassResult(fusion.editor.apply(), true)
        : new PassResult(model, false);
  }

  private static final class Fusion {
    private final GraphIndex index;
    private final SymbolicShapes shapes;
    private final FloatConstants constants;
    private final GraphEditor editor;
    private boolean changed;

    Fusion(OnnxModel model) {
      index = GraphIndex.of(model);
      shapes = SymbolicShapes.of(model, index);
      constants = new FloatConstants(model, index);
      editor = new GraphEditor(model, index);
      editor.importOperators(Domains.MICROSOFT, 1);
    }

    void visit(NodeRef norm) {
      NodeProto node = index.node(norm);
      if (!Nodes.is(node, "LayerNormalization") || node.getOutputCount() != 1) {
        return;
      }
      Optional<Value> sum = index.input(norm, 0);
      Optional<NodeRef> add =
          sum.flatMap(index::producer)
              .filter(ref -> Nodes.is(index.node(ref), "Add") && ref.graph() == norm.graph())
              .filter(ref -> !editor.isReplaced(ref));
      if (add.isPresent() && fits(norm, add.get(), sum.get())) {
        fuse(norm, add.get(), sum.get());
      }
    }

    private boolean fits(NodeRef norm, NodeRef add, Value sum) {
      Optional<List<Dim>> shape = shapes.shape(sum).filter(d -> d.size() == 3);
      if (shape.isEmpty() || !(shape.get().get(2) instanceof Dim.Size(long size))) {
        return false;
      }
      long axis = Nodes.intAttribute(index.node(norm), "axis", -1);
      boolean parameters = isVector(norm, 1, size) && isVector(norm, 2, size);
      return (axis == -1 || axis == 2)
          && parameters
          && shapes.shape(operand(add, 0)).equals(shape)
          && shapes.shape(operand(add, 1)).equals(shape);
    }

    private boolean isVector(NodeRef norm, int input, long size) {
      Optional<Value> value = index.input(norm, input);
      return input == 2 && value.isEmpty()
          || value.flatMap(v -> constants.vector(v, size)).isPresent();
    }

    private void fuse(NodeRef norm, NodeRef add, Value sum) {
      NodeProto node = index.node(norm);
      OptionalInt biased = biased(add);
      NodeProto.Builder fused =
          NodeProto.newBuilder()
              .setOpType("SkipLayerNormalization")
              .setDomain(Domains.MICROSOFT)
              .setName(node.getName())
              .addAttribute(epsilon(node))
              .addInput(input(add, 0, biased))
              .addInput(input(add, 1, biased))
              .addInput(node.getInput(1))
              .addInput(Nodes.input(node, 2).orElse(""))
              .addOutput(node.getOutput(0));
      biased.ifPresent(side -> fused.addInput(bias(operand(add, side)).orElseThrow().name()));
      if (index.uses(sum).size() > 1 || index.isOutput(sum)) {
        fused.addOutput("").addOutput("").addOutput(sum.name());
      }
      boolean early = fused.getOutputCount() > 1;
      editor.replace(early ? add : norm, List.of(fused.build()));
      editor.replace(early ? norm : add, List.of());
      changed = true;
    }

    private static AttributeProto epsilon(NodeProto norm) {
      return Attributes.real("epsilon", Nodes.floatAttribute(norm, "epsilon", DEFAULT_EPSILON));
    }

    private Value operand(NodeRef add, int position) {
      return index.input(add, position).orElseThrow();
    }

    /** Which operand of the sum is itself a product and a bias that nobody else reads. */
    private OptionalInt biased(NodeRef add) {
      for (int side = 0; side < 2; side++) {
        Value operand = operand(add, side);
        boolean isPrivate = index.uses(operand).size() == 1 && !index.isOutput(operand);
        if (isPrivate && bias(operand).isPresent()) {
          return OptionalInt.of(side);
        }
      }
      return OptionalInt.empty();
    }

    private String input(NodeRef add, int position, OptionalInt biased) {
      Value operand = operand(add, position);
      return biased.isPresent() && biased.getAsInt() == position
          ? product(operand).orElseThrow().name()
          : operand.name();
    }

    private Optional<Value> bias(Value value) {
      return addend(value, true);
    }

    private Optional<Value> product(Value value) {
      return addend(value, false);
    }

    /** One operand of {@code product + bias}. */
    private Optional<Value> addend(Value value, boolean theBias) {
      Optional<NodeRef> add =
          index.producer(value).filter(ref -> Nodes.is(index.node(ref), "Add"));
      Optional<List<Dim>> shape = shapes.shape(value);
      for (int i = 0; i < 2 && add.isPresent() && shape.isPresent(); i++) {
        Value bias = operand(add.get(), i);
        Value product = operand(add.get(), 1 - i);
        long size = ((Dim.Size) shape.get().get(2)).size();
        if (constants.vector(bias, size).isPresent() && shapes.shape(product).equals(shape)) {
          return Optional.of(theBias ? bias : product);
        }
      }
      return Optional.empty();
    }
  }
}
