package io.greenformers.engine.op;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * softmax(scale·Q·Kᵀ + bias)·V from its softmax on. How heads were split does not matter here: the
 * operator takes Q, Kᵀ and V as they are.
 */
final class FuseAttention implements Fusion {
  static final String OPERATOR = "ScaledDotProductAttention";
  private static final int LAST_OF_FOUR = 3;

  @Override
  public Optional<Match> match(NodeProto node, NodeView nodes) {
    // the default axis changed with opset 13
    long axis = Nodes.intAttribute(node, "axis", 0);
    if (!Nodes.is(node, "Softmax") || (axis != -1 && axis != LAST_OF_FOUR)) {
      return Optional.empty();
    }
    Set<NodeProto> replaced = new HashSet<>(Set.of(node));
    String probabilities = node.getOutput(0);
    Optional<NodeProto> cast = nodes.reader(probabilities, "Cast").filter(FuseAttention::toFloat);
    cast.ifPresent(replaced::add);
    String factor = cast.map(c -> c.getOutput(0)).orElse(probabilities);
    return nodes
        .reader(factor, "MatMul")
        .filter(product -> product.getInput(0).equals(factor))
        .flatMap(last -> scores(node.getInput(0), nodes).map(s -> match(s, last, replaced)));
  }

  /** Nothing changes: softmax was in fp32, if only because the run is. */
  private static boolean toFloat(NodeProto cast) {
    return Nodes.intAttribute(cast, "to", 0) == DataType.FLOAT.number();
  }

  /**
   * What a softmax reads.
   *
   * @param product Q·Kᵀ
   * @param between the nodes from the product to the softmax
   * @param biases what they add
   */
  private record Scores(
      NodeProto product, double scale, List<NodeProto> between, List<String> biases) {
    Scores {
      between = List.copyOf(between);
      biases = List.copyOf(biases);
    }

    Scores plus(String bias, NodeProto sum) {
      return new Scores(product, scale, with(between, sum), with(biases, bias));
    }

    private static <T> List<T> with(List<T> list, T last) {
      return Stream.concat(list.stream(), Stream.of(last)).toList();
    }
  }

  private static Optional<Scores> scores(String value, NodeView nodes) {
    Optional<NodeProto> sum = nodes.producer(value, "Add");
    for (int i = 0; i < 2 && sum.isPresent(); i++) {
      String bias = sum.get().getInput(1 - i);
      Optional<Scores> scores = scores(sum.get().getInput(i), nodes);
      if (scores.isPresent()) {
        return scores.map(s -> s.plus(bias, sum.get()));
      }
    }
    return nodes
        .producer(value, "MatMul")
        .map(product -> new Scores(product, 1, List.of(), List.of()))
        .or(() -> scaled(value, nodes));
  }

  /** A product times, or over, a constant. */
  private static Optional<Scores> scaled(String value, NodeView nodes) {
    Optional<NodeProto> quotient = nodes.producer(value, "Div");
    Optional<NodeProto> scaling = quotient.or(() -> nodes.producer(value, "Mul"));
    Optional<NodeProto> product = scaling.flatMap(s -> nodes.producer(s, 0, "MatMul"));
    return scaling
        .flatMap(s -> nodes.constant(s.getInput(1)))
        .map(factor -> quotient.isPresent() ? 1 / factor : factor)
        .flatMap(by -> product.map(p -> new Scores(p, by, List.of(scaling.get()), List.of())));
  }

  private static Match match(Scores scores, NodeProto last, Set<NodeProto> replaced) {
    replaced.add(last);
    replaced.add(scores.product());
    replaced.addAll(scores.between());
    NodeProto attention =
        NodeProto.newBuilder()
            .setName(last.getName())
            .setDomain(DOMAIN)
            .setOpType(OPERATOR)
            .addInput(scores.product().getInput(0))
            .addInput(scores.product().getInput(1))
            .addInput(last.getInput(1))
            .addAllInput(scores.biases())
            .addOutput(last.getOutput(0))
            .addAttribute(AttributeProto.newBuilder().setName("scale").setF((float) scores.scale()))
            .build();
    return new Match(replaced, attention);
  }
}
