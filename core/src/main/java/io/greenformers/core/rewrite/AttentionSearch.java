package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The attentions of a model that a pass can change, and what is known of the others. */
final class AttentionSearch {
  private final OnnxModel model;
  private final GraphIndex index;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;
  private final List<Attention> attentions = new ArrayList<>();
  private final List<AttentionFinding> findings = new ArrayList<>();

  /** What else a pass demands. */
  interface Demand {
    void check(Attention attention, AttentionSearch search) throws NoMatch;
  }

  /** What takes the place of an attention. */
  interface Rewrite {
    List<NodeProto> build(Attention attention);
  }

  private AttentionSearch(OnnxModel model) {
    this.model = model;
    index = GraphIndex.of(model);
    shapes = SymbolicShapes.of(model, index);
    constants = new FloatConstants(model, index);
  }

  static AttentionSearch of(OnnxModel model, Demand demand) {
    AttentionSearch search = new AttentionSearch(model);
    AttentionMatcher matcher = new AttentionMatcher(model, search.index, search.shapes);
    search.index.nodes().stream()
        .filter(ref -> Nodes.is(search.index.node(ref), "Softmax"))
        .forEach(ref -> search.match(matcher, demand, ref));
    // what attentions share is made where the first of them is
    search.attentions.sort(Comparator.comparingInt(a -> a.last().position()));
    return search;
  }

  private void match(AttentionMatcher matcher, Demand demand, NodeRef softmax) {
    String name = index.node(softmax).getName();
    try {
      Attention attention = matcher.match(softmax);
      demand.check(attention, this);
      attentions.add(attention);
      findings.add(new AttentionFinding(name, Optional.empty()));
    } catch (NoMatch e) {
      findings.add(new AttentionFinding(name, Optional.of(e.reason())));
    }
  }

  OnnxModel model() {
    return model;
  }

  GraphIndex index() {
    return index;
  }

  SymbolicShapes shapes() {
    return shapes;
  }

  FloatConstants constants() {
    return constants;
  }

  /**
   * The model with those that can be changed replaced, in the order of their last nodes.
   *
   * @param rewrite the nodes instead of an attention, the last of which makes what its last made
   */
  PassResult replace(BiFunction<AttentionSearch, GraphEditor, Rewrite> rewrite) {
    if (attentions.isEmpty()) {
      return new PassResult(model, false);
    }
    GraphEditor editor = new GraphEditor(model, index);
    Rewrite nodes = rewrite.apply(this, editor);
    attentions.forEach(attention -> editor.replace(attention.last(), nodes.build(attention)));
    return new PassResult(editor.apply(), true);
  }

  List<AttentionFinding> findings() {
    return findings;
  }
}
