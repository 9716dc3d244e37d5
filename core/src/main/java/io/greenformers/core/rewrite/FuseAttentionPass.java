package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Puts ONNX Runtime's {@code MultiHeadAttention} in the place of the nodes that compute it.
 *
 * <p>ONNX Runtime fuses attention itself only where Q, K and V are one product each with a
 * constant, and only in some exporters' patterns; factors hide that. What is fused here is what
 * {@link AttentionMatcher} proves; what it cannot prove stays, with a reason.
 */
public final class FuseAttentionPass implements Pass {

  /**
   * An attention, or what looks like one: a softmax over products.
   *
   * @param node the name of its softmax
   * @param obstacle why it is not fused; empty where it is
   */
  public record Finding(String node, Optional<String> obstacle) {}

  /** What the pass would do to a model. */
  public static List<Finding> findings(OnnxModel model) {
    return new Search(model).findings;
  }

  @Override
  public PassResult apply(OnnxModel model) {
    Search search = new Search(model);
    if (search.attentions.isEmpty()) {
      return new PassResult(model, false);
    }
    GraphEditor editor = new GraphEditor(model, search.index);
    editor.importOperators(Domains.MICROSOFT, 1);
    AttentionRewrite rewrite =
        new AttentionRewrite(
            search.index,
            editor,
            search.shapes,
            new FloatConstants(model, search.index),
            model.weights());
    // what attentions share is made where the first of them is
    search.attentions.sort(Comparator.comparingInt(a -> a.last().position()));
    for (Attention attention : search.attentions) {
      editor.replace(attention.last(), rewrite.build(attention));
    }
    return new PassResult(editor.apply(), true);
  }

  private static final class Search {
    private final GraphIndex index;
    private final SymbolicShapes shapes;
    private final List<Attention> attentions = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Search(OnnxModel model) {
      index = GraphIndex.of(model);
      shapes = SymbolicShapes.of(model, index);
      AttentionMatcher matcher = new AttentionMatcher(model, index, shapes);
      index.nodes().stream()
          .filter(ref -> Nodes.is(index.node(ref), "Softmax"))
          .forEach(ref -> match(matcher, ref));
    }

    private void match(AttentionMatcher matcher, NodeRef softmax) {
      String name = index.node(softmax).getName();
      try {
        attentions.add(matcher.match(softmax));
        findings.add(new Finding(name, Optional.empty()));
      } catch (NoMatch e) {
        findings.add(new Finding(name, Optional.of(e.reason())));
      }
    }
  }
}
