package io.greenformers.engine.op;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** d/√(mean(d²) + ε)·scale + bias over the last axis, with d = x − mean(x). */
final class FuseLayerNorm implements Fusion {
  static final String OPERATOR = "LayerNormalization";

  @Override
  public Optional<Match> match(NodeProto node, NodeView nodes) {
    return Nodes.is(node, "Sqrt") ? around(node, nodes) : Optional.empty();
  }

  private static Optional<Match> around(NodeProto root, NodeView nodes) {
    Optional<NodeProto> shifted = nodes.producer(root, 0, "Add");
    Optional<NodeProto> variance = shifted.flatMap(add -> meanIn(add, nodes));
    Optional<Double> epsilon =
        variance
            .flatMap(v -> NodeView.besides(shifted.get(), v.getOutput(0)))
            .flatMap(nodes::constant);
    Optional<NodeProto> square = variance.flatMap(v -> square(v.getInput(0), nodes));
    Optional<NodeProto> quotient =
        nodes
            .reader(root.getOutput(0), "Div")
            .filter(div -> div.getInput(1).equals(root.getOutput(0)));
    Optional<NodeProto> centred = quotient.flatMap(div -> nodes.producer(div, 0, "Sub"));
    Optional<NodeProto> alsoCentred = square.flatMap(s -> nodes.producer(s, 0, "Sub"));
    Optional<NodeProto> scaled = quotient.flatMap(div -> nodes.reader(div.getOutput(0), "Mul"));
    Optional<NodeProto> last = scaled.flatMap(mul -> nodes.reader(mul.getOutput(0), "Add"));
    if (epsilon.isEmpty() || centred.isEmpty() || alsoCentred.isEmpty() || last.isEmpty()) {
      return Optional.empty();
    }
    Set<NodeProto> replaced =
        new HashSet<>(
            List.of(
                root,
                shifted.get(),
                variance.get(),
                square.get(),
                quotient.get(),
                scaled.get(),
                last.get()));
    Optional<String> x = centred(centred.get(), nodes, replaced);
    return x.filter(value -> x.equals(centred(alsoCentred.get(), nodes, replaced)))
        .map(value ->
            new Match(
                replaced,
                norm(
                    last.get(),
                    value,
                    NodeView.besides(scaled.get(), quotient.get().getOutput(0)).orElseThrow(),
                    NodeView.besides(last.get(), scaled.get().getOutput(0)).orElseThrow(),
                    epsilon.get())));
  }

  /** d², written as a power or a product. */
  private static Optional<NodeProto> square(String value, NodeView nodes) {
    return nodes
        .producer(value, "Pow")
        .filter(pow -> nodes.isConstant(pow.getInput(1), 2))
        .or(() ->
            nodes.producer(value, "Mul").filter(mul -> mul.getInput(0).equals(mul.getInput(1))));
  }

  /** x of x − mean(x); exporters may compute it twice. */
  private static Optional<String> centred(
      NodeProto difference, NodeView nodes, Set<NodeProto> replaced) {
    Optional<NodeProto> mean = mean(difference, 1, nodes);
    replaced.add(difference);
    mean.ifPresent(replaced::add);
    return mean.map(m -> m.getInput(0)).filter(x -> x.equals(difference.getInput(0)));
  }

  private static Optional<NodeProto> meanIn(NodeProto sum, NodeView nodes) {
    return mean(sum, 0, nodes).or(() -> mean(sum, 1, nodes));
  }

  private static Optional<NodeProto> mean(NodeProto node, int input, NodeView nodes) {
    return nodes
        .producer(node, input, "ReduceMean")
        .filter(mean -> Nodes.intAttribute(mean, "keepdims", 1) != 0)
        .filter(mean ->
            Nodes.attribute(mean, "axes")
                .map(axes -> axes.getIntsList().equals(List.of(-1L)))
                .orElseGet(() ->
                    Nodes.input(mean, 1).filter(axes -> nodes.isConstant(axes, -1)).isPresent()));
  }

  private static NodeProto norm(
      NodeProto last, String x, String scale, String bias, double epsilon) {
    return NodeProto.newBuilder()
        .setName(last.getName())
        .setDomain(DOMAIN)
        .setOpType(OPERATOR)
        .addAllInput(List.of(x, scale, bias))
        .addOutput(last.getOutput(0))
        .addAttribute(AttributeProto.newBuilder().setName("epsilon").setF((float) epsilon))
        .build();
  }
}
