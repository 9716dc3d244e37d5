package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The attentions of a model that a pass can change, and what is known of the others.
 *
 * @param attentions in the order of their last nodes: what they share is made before the first
 * @param <T> what the pass knows of one
 */
record AttentionSearch<T extends AttentionSearch.Found>(
    AttentionContext context, List<T> attentions, List<AttentionFinding> findings) {

  /** An attention that can be changed. */
  interface Found {
    /** The node that is replaced; what leads to it and is not used then goes with it. */
    NodeRef last();
  }

  /** How a pass recognises attention. */
  interface Matcher<T> {
    /**
     * The attention around a {@code Softmax}.
     *
     * @throws NoMatch with the reason, where there is none that can be changed
     */
    T match(NodeRef softmax) throws NoMatch;
  }

  /** What takes the place of an attention. */
  interface Rewrite<T> {
    /** Nodes, the last of which makes what the last node of the attention made. */
    List<NodeProto> build(T attention);
  }

  static <T extends Found> AttentionSearch<T> of(AttentionContext context, Matcher<T> matcher) {
    List<T> attentions = new ArrayList<>();
    List<AttentionFinding> findings = new ArrayList<>();
    for (NodeRef ref : context.index().nodes()) {
      NodeProto node = context.index().node(ref);
      if (!Nodes.is(node, "Softmax")) {
        continue;
      }
      try {
        attentions.add(matcher.match(ref));
        findings.add(new AttentionFinding(node.getName(), Optional.empty()));
      } catch (NoMatch e) {
        findings.add(new AttentionFinding(node.getName(), Optional.of(e.reason())));
      }
    }
    attentions.sort(Comparator.comparingInt(a -> a.last().position()));
    return new AttentionSearch<>(context, List.copyOf(attentions), List.copyOf(findings));
  }

  /** The model with all of them replaced. */
  PassResult replace(Function<GraphEditor, Rewrite<T>> rewrite) {
    if (attentions.isEmpty()) {
      return new PassResult(context.model(), false);
    }
    GraphEditor editor = new GraphEditor(context.model(), context.index());
    Rewrite<T> nodes = rewrite.apply(editor);
    attentions.forEach(attention -> editor.replace(attention.last(), nodes.build(attention)));
    return new PassResult(editor.apply(), true);
  }
}
