package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What every node that uses a site's weight reads: the weight, constants, and computed values. */
final class SiteNodes {
  private final GraphIndex index;
  private final Site site;

  SiteNodes(GraphIndex index, Site site) {
    this.index = index;
    this.site = site;
  }

  /** What a node reads at one of its inputs. */
  sealed interface Operand {
    /** The input is absent. */
    record Absent() implements Operand {}

    /** The site's weight, through nodes that prepare it, in order; none where it is read as is. */
    record Weight(List<NodeProto> preparation) implements Operand {}

    /** Another constant. */
    record Constant(TensorProto tensor) implements Operand {}

    /** A value that depends on the model's inputs. */
    record Computed(Value value) implements Operand {}
  }

  /** The nodes, each once. */
  List<NodeRef> nodes() {
    return site.uses().stream().map(Site.Use::node).distinct().toList();
  }

  NodeProto node(NodeRef ref) {
    return index.node(ref);
  }

  /** The operands of a node, in the order of its inputs. */
  List<Operand> operands(NodeRef ref) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < index.node(ref).getInputCount(); i++) {
      operands.add(index.input(ref, i).map(this::operand).orElseGet(Operand.Absent::new));
    }
    return operands;
  }

  /** The computed values that the nodes read, each once. */
  List<Value> computed() {
    return nodes().stream()
        .flatMap(n -> operands(n).stream())
        .flatMap(o -> o instanceof Operand.Computed c ? Stream.of(c.value()) : Stream.empty())
        .distinct()
        .toList();
  }

  private Operand operand(Value value) {
    Deque<NodeProto> preparation = new ArrayDeque<>();
    Value origin = value;
    while (!origin.equals(site.weight())) {
      Optional<TensorProto> constant = constant(origin);
      if (constant.isPresent()) {
        return new Operand.Constant(constant.get());
      }
      Optional<NodeRef> producer = index.producer(origin).filter(this::onlyPrepares);
      if (producer.isEmpty()) {
        return new Operand.Computed(value);
      }
      preparation.addFirst(index.node(producer.get()));
      origin = index.input(producer.get(), 0).orElseThrow();
    }
    return new Operand.Weight(List.copyOf(preparation));
  }

  private Optional<TensorProto> constant(Value value) {
    Optional<TensorProto> initializer = index.initializer(value);
    if (initializer.isPresent()) {
      return initializer;
    }
    return index
        .producer(value)
        .map(index::node)
        .filter(n -> Nodes.is(n, "Constant"))
        .flatMap(n -> Nodes.attribute(n, "value"))
        .filter(AttributeProto::hasT)
        .map(AttributeProto::getT);
  }

  private boolean onlyPrepares(NodeRef ref) {
    NodeProto node = index.node(ref);
    boolean known = Stream.of("Identity", "Transpose", "Cast").anyMatch(k -> Nodes.is(node, k));
    return known && index.input(ref, 0).isPresent();
  }
}
