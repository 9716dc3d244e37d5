package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;

/** The ways from a node to those before and after it. */
record Neighbours(GraphIndex index) {

  /** Whether one node reads the value, and nothing else does. */
  boolean isPrivate(Value value) {
    return index.uses(value).size() == 1 && !index.isOutput(value);
  }

  /** The one node that reads the value, where it is this operator and reads it at this input. */
  NodeRef onlyReader(Value value, int position, String operator) throws NoMatch {
    NoMatch.require(
        isOnlyReadBy(value, position, operator),
        "'%s' is not read by one %s only".formatted(value.name(), operator));
    return index.uses(value).getFirst().node();
  }

  boolean isOnlyReadBy(Value value, int position, String operator) {
    if (!isPrivate(value)) {
      return false;
    }
    GraphIndex.Use use = index.uses(value).getFirst();
    return use.input() == position
        && use.node().graph() == value.graph()
        && Nodes.is(index.node(use.node()), operator);
  }

  /** Whether a value is made of an earlier one, by first inputs, and of use for nothing else. */
  boolean isOnlyWay(Value from, Value to) {
    Optional<Value> value = Optional.of(to);
    while (value.isPresent() && isPrivate(value.get())) {
      if (value.get().equals(from)) {
        return true;
      }
      value = index.producer(value.get()).flatMap(ref -> index.input(ref, 0));
    }
    return false;
  }

  NodeRef producer(Value value, String otherwise) throws NoMatch {
    return index.producer(value).orElseThrow(() -> new NoMatch(otherwise));
  }

  /** The node that makes a value, where it is this operator and one node only reads the value. */
  Optional<NodeRef> privateProducer(Value value, String operator) {
    return index
        .producer(value)
        .filter(ref -> isPrivate(value) && Nodes.is(index.node(ref), operator));
  }

  Value input(NodeRef ref, int position) throws NoMatch {
    return index
        .input(ref, position)
        .orElseThrow(
            () -> new NoMatch("node %s lacks an input".formatted(Nodes.describe(index.node(ref)))));
  }

  Value output(NodeRef ref) {
    return new Value(ref.graph(), index.node(ref).getOutput(0));
  }

  /** Whether a node changes nothing, given that what it reads is of fp32. */
  boolean changesNothing(NodeRef ref) {
    NodeProto node = index.node(ref);
    boolean cast =
        Nodes.is(node, "Cast") && Nodes.intAttribute(node, "to", 0) == DataType.FLOAT.number();
    return cast || Nodes.is(node, "Identity");
  }

  /** Past nodes that change nothing and are the only ones to read what is before them. */
  Value throughCasts(Value value) {
    Value current = value;
    while (isPrivate(current) && changesNothing(index.uses(current).getFirst().node())) {
      current = output(index.uses(current).getFirst().node());
    }
    return current;
  }

  boolean permutes(NodeRef ref, List<Long> permutation) {
    NodeProto node = index.node(ref);
    return Nodes.is(node, "Transpose")
        && Nodes.attribute(node, "perm")
            .map(AttributeProto::getIntsList)
            .filter(permutation::equals)
            .isPresent();
  }
}
