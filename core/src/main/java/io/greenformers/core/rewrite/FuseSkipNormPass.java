package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Puts ONNX Runtime's {@code SkipLayerNormalization} in the place of a residual {@code Add}, the
 * bias before it, and the normalisation after it ({@link Norm}): one walk over the activations
 * instead of three.
 *
 * <p>ONNX Runtime fuses these itself only where lengths are fixed. Here both operands must have the
 * same shape [batch, length, size] in every run, by {@link SymbolicShapes}, and be of fp32. Where
 * the sum has other readers, they read the operator's fourth output.
 */
public final class FuseSkipNormPass implements Pass {
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

    void visit(NodeRef ref) {
      Norm.endingWith(ref, index, constants).ifPresent(this::visit);
    }

    private void visit(Norm norm) {
      Optional<NodeRef> add =
          index
              .producer(norm.input())
              .filter(ref -> Nodes.is(index.node(ref), "Add"))
              .filter(ref -> ref.graph() == norm.last().graph() && !editor.isReplaced(ref));
      if (add.isPresent() && fits(norm, add.get())) {
        fuse(norm, add.get());
      }
    }

    private boolean fits(Norm norm, NodeRef add) {
      Optional<List<Dim>> shape = shapes.shape(norm.input()).filter(d -> d.size() == 3);
      return shape.isPresent()
          && shape.get().get(2) instanceof Dim.Size(long size)
          && constants.vector(norm.scale(), size).isPresent()
          && (norm.bias().isEmpty() || constants.vector(norm.bias().get(), size).isPresent())
          && shapes.shape(operand(add, 0)).equals(shape)
          && shapes.shape(operand(add, 1)).equals(shape);
    }

    private void fuse(Norm norm, NodeRef add) {
      NodeProto last = index.node(norm.last());
      OptionalInt biased = biased(add);
      NodeProto.Builder fused =
          NodeProto.newBuilder()
              .setOpType("SkipLayerNormalization")
              .setDomain(Domains.MICROSOFT)
              .setName(last.getName())
              .addAttribute(Attributes.real("epsilon", norm.epsilon()))
              .addInput(input(add, 0, biased))
              .addInput(input(add, 1, biased))
              .addInput(norm.scale().name())
              .addInput(norm.bias().map(Value::name).orElse(""))
              .addOutput(last.getOutput(0));
      biased.ifPresent(side -> fused.addInput(bias(operand(add, side)).orElseThrow().name()));
      boolean othersRead = !norm.readers().containsAll(readers(norm.input()));
      if (othersRead || index.isOutput(norm.input())) {
        // the sum is needed before the norm: its parameters must be there by then
        boolean ready =
            Stream.concat(Stream.of(norm.scale()), norm.bias().stream())
                .allMatch(value -> isMadeBefore(value, add));
        if (!ready) {
          return;
        }
        fused.addOutput("").addOutput("").addOutput(norm.input().name());
        editor.replace(add, List.of(fused.build()));
        editor.replace(norm.last(), List.of());
      } else {
        editor.replace(norm.last(), List.of(fused.build()));
      }
      changed = true;
    }

    private boolean isMadeBefore(Value value, NodeRef ref) {
      return index.producer(value).filter(p -> p.position() > ref.position()).isEmpty();
    }

    private List<NodeRef> readers(Value value) {
      return index.uses(value).stream().map(GraphIndex.Use::node).toList();
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
      Optional<NodeRef> add = index.producer(value).filter(ref -> Nodes.is(index.node(ref), "Add"));
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
