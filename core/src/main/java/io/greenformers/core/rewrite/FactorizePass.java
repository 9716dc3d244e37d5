package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces weights by their two factors.
 *
 * <ol>
 *   <li>Every use of a site is rewritten, so the weight itself goes; tied uses share the factors.
 *   <li>The factors are initializers of the graph that defined the weight, and of its type.
 *   <li>The node that produced the output keeps its name, and the output keeps its own.
 *   <li>A correction of the outputs goes into the bias that is there (see {@link BiasSlot}), as a
 *       new initializer: whoever else reads the old bias keeps it. Where there is none, it is left
 *       out.
 *   <li>Nothing else is touched. A site with an obstacle must not be given.
 * </ol>
 */
public final class FactorizePass implements Pass {
  private final GraphIndex index;
  private final Map<Site, Factors> factors;
  private final Optional<RankMasks> masks;

  /**
   * Prepares the pass for the sites of one model.
   *
   * @param index of the model that the pass will be applied to
   * @param factors of each site; where {@link Site#allTransposed} holds, the factors of Wᵀ: left
   *     [n, r], right [r, m]
   */
  public FactorizePass(GraphIndex index, Map<Site, Factors> factors) {
    this(index, factors, Optional.empty());
  }

  private FactorizePass(GraphIndex index, Map<Site, Factors> factors, Optional<RankMasks> masks) {
    this.index = index;
    this.factors = new LinkedHashMap<>(factors);
    this.masks = masks;
  }

  /**
   * A pass whose result takes the ranks as inputs.
   *
   * @param masks learns the names of these inputs when the pass is applied
   */
  public static FactorizePass masked(
      GraphIndex index, Map<Site, Factors> factors, RankMasks masks) {
    return new FactorizePass(index, factors, Optional.of(masks));
  }

  @Override
  public PassResult apply(OnnxModel model) {
    GraphEditor editor = new GraphEditor(model, index);
    factors.forEach((site, pair) -> replace(site, pair, editor, model.weights()));
    return factors.isEmpty() ? new PassResult(model, false) : new PassResult(editor.apply(), true);
  }

  private void replace(Site site, Factors pair, GraphEditor editor, WeightStore weights) {
    if (site.obstacle().isPresent()) {
      throw new IllegalArgumentException(
          "site '%s' cannot be factorized: its weight %s"
              .formatted(site.name(), site.obstacle().get()));
    }
    String left = editor.freshName(site.weight().name() + "_left");
    String right = editor.freshName(site.weight().name() + "_right");
    int graph = site.weight().graph();
    boolean conv = site.kind() == Site.Kind.CONV;
    editor.addInitializer(
        graph, conv ? Kernels.pointwise(pair.left(), left, site) : named(pair.left(), left));
    editor.addInitializer(
        graph, conv ? Kernels.reduced(pair.right(), right, site) : named(pair.right(), right));
    Optional<BiasCorrection> correction =
        pair.biasCorrection().map(d -> new BiasCorrection(index, editor, weights, site, d));
    for (Use use : site.uses()) {
      boolean transposed = use.transposed() && !site.allTransposed();
      UseRewrite rewrite = new UseRewrite(editor, index.node(use.node()), use, transposed);
      List<NodeProto> nodes = masked(rewrite.build(left, right), site, use, pair, editor);
      editor.replace(use.node(), correction.map(c -> c.correct(use, nodes)).orElse(nodes));
    }
  }

  private List<NodeProto> masked(
      List<NodeProto> nodes, Site site, Use use, Factors pair, GraphEditor editor) {
    return masks.map(m -> m.apply(editor, site, use, pair.rank(), nodes)).orElse(nodes);
  }

  private static TensorProto named(TensorProto tensor, String name) {
    return tensor.toBuilder().setName(name).build();
  }
}
