package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The attributes of a node, by name. */
final class Attributes {
  private final Map<String, AttributeProto> attributes = new HashMap<>();

  Attributes(NodeProto node) {
    node.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  long integer(String name, long absent) {
    return find(name).map(AttributeProto::getI).orElse(absent);
  }

  boolean flag(String name, boolean absent) {
    return integer(name, absent ? 1 : 0) != 0;
  }

  double real(String name, double absent) {
    return find(name).map(a -> (double) a.getF()).orElse(absent);
  }

  String text(String name, String absent) {
    return find(name).map(a -> a.getS().toStringUtf8()).orElse(absent);
  }

  Optional<long[]> longs(String name) {
    return find(name).map(a -> longs(a.getIntsList()));
  }

  long[] longs(String name, long[] absent) {
    return longs(name).orElse(absent);
  }

  Optional<TensorProto> tensor(String name) {
    return find(name).map(AttributeProto::getT);
  }

  Map<String, GraphProto> graphs() {
    Map<String, GraphProto> graphs = new HashMap<>();
    attributes.values().stream()
        .filter(AttributeProto::hasG)
        .forEach(a -> graphs.put(a.getName(), a.getG()));
    return graphs;
  }

  private Optional<AttributeProto> find(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
