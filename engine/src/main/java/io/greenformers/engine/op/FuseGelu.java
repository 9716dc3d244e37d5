package io.greenformers.engine.op;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * GELU: ½·x·(1 + f), where f is erf(x/√2) or tanh(√(2/π)·(x + 0.044715·x³)), its three factors in
 * any order.
 */
final class FuseGelu implements Fusion {
  static final String OPERATOR = "Gelu";
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
  private static final double TANH_CUBE = 0.044715;

  @Override
  public Optional<Match> match(NodeProto node, NodeView nodes) {
    Set<NodeProto> replaced = new HashSet<>(Set.of(node));
    if (Nodes.is(node, "Erf")) {
      return erfArgument(node, nodes, replaced)
          .flatMap(x -> around(node, x, "none", nodes, replaced));
    }
    if (Nodes.is(node, "Tanh")) {
      return tanhArgument(node, nodes, replaced)
          .flatMap(x -> around(node, x, "tanh", nodes, replaced));
    }
    return Optional.empty();
  }

  /** x of x/√2. */
  private static Optional<String> erfArgument(
      NodeProto erf, NodeView nodes, Set<NodeProto> replaced) {
    Optional<NodeProto> quotient =
        nodes
            .producer(erf, 0, "Div")
            .filter(div -> nodes.isConstant(div.getInput(1), Math.sqrt(2)));
    if (quotient.isPresent()) {
      replaced.add(quotient.get());
      return Optional.of(quotient.get().getInput(0));
    }
    Optional<NodeProto> product = nodes.producer(erf, 0, "Mul");
    product.ifPresent(replaced::add);
    return product.flatMap(mul -> nodes.besides(mul, Math.sqrt(0.5)));
  }

  /** x of √(2/π)·(x + 0.044715·x³). */
  private static Optional<String> tanhArgument(
      NodeProto tanh, NodeView nodes, Set<NodeProto> replaced) {
    Optional<NodeProto> scaled = nodes.producer(tanh, 0, "Mul");
    Optional<NodeProto> sum =
        scaled
            .flatMap(mul -> nodes.besides(mul, TANH_SCALE))
            .flatMap(v -> nodes.producer(v, "Add"));
    for (int i = 0; i < 2 && sum.isPresent(); i++) {
      Optional<NodeProto> cubic = nodes.producer(sum.get(), i, "Mul");
      Optional<NodeProto> cube =
          cubic
              .flatMap(mul -> nodes.besides(mul, TANH_CUBE))
              .flatMap(v -> nodes.producer(v, "Pow"))
              .filter(pow -> nodes.isConstant(pow.getInput(1), 3));
      String x = sum.get().getInput(1 - i);
      if (cube.filter(pow -> pow.getInput(0).equals(x)).isPresent()) {
        replaced.addAll(Set.of(scaled.get(), sum.get(), cubic.get(), cube.get()));
        return Optional.of(x);
      }
    }
    return Optional.empty();
  }

  /** From f to the last product. */
  private static Optional<Match> around(
      NodeProto f, String x, String approximation, NodeView nodes, Set<NodeProto> replaced) {
    Optional<NodeProto> sum =
        nodes.reader(f.getOutput(0), "Add").filter(add -> nodes.besides(add, 1).isPresent());
    Optional<NodeProto> product = sum.flatMap(add -> nodes.reader(add.getOutput(0), "Mul"));
    if (product.isEmpty()) {
      return Optional.empty();
    }
    replaced.add(sum.get());
    replaced.add(product.get());
    String other = NodeView.besides(product.get(), sum.get().getOutput(0)).orElseThrow();
    Optional<NodeProto> last = Optional.empty();
    if (other.equals(x)) {
      last =
          nodes
              .reader(product.get().getOutput(0), "Mul")
              .filter(mul -> nodes.besides(mul, 0.5).isPresent());
    } else if (nodes.isConstant(other, 0.5)) {
      last =
          nodes
              .reader(product.get().getOutput(0), "Mul")
              .filter(mul -> NodeView.besides(mul, x).isPresent());
    } else {
      Optional<NodeProto> half =
          nodes
              .producer(other, "Mul")
              .filter(mul -> nodes.besides(mul, 0.5).filter(x::equals).isPresent());
      half.ifPresent(replaced::add);
      last = half.map(h -> product.get());
    }
    last.ifPresent(replaced::add);
    return last.map(node -> new Match(replaced, gelu(node, x, approximation)));
  }

  private static NodeProto gelu(NodeProto last, String x, String approximation) {
    return NodeProto.newBuilder()
        .setName(last.getName())
        .setDomain(DOMAIN)
        .setOpType(OPERATOR)
        .addInput(x)
        .addOutput(last.getOutput(0))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("approximate")
                .setS(ByteString.copyFromUtf8(approximation)))
        .build();
  }
}
