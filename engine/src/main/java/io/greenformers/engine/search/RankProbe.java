package io.greenformers.engine.search;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.rewrite.RankMasks;
import io.greenformers.core.site.Site;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntToDoubleFunction;

/**
 * Runs a model at any ranks of its sites, without writing it for each: at full rank, with the ranks
 * as inputs (see {@link RankMasks}). Holds native memory until closed.
 */
public final class RankProbe implements AutoCloseable {
  private final ModelSession session;
  private final Map<Site, List<Mask>> masks;

  private RankProbe(ModelSession session, Map<Site, List<Mask>> masks) {
    this.session = session;
    this.masks = masks;
  }

  /** What chooses the rank of a site. */
  private static final class Mask {
    private final RankMasks.Inputs inputs;
    private final double[] means;

    Mask(RankMasks.Inputs inputs, double[] means) {
      this.inputs = inputs;
      this.means = means;
    }

    int fullRank() {
      return means.length;
    }

    void put(Map<String, Tensor> feed, int rank) {
      feed.put(inputs.scale(), tensor(k -> k < rank ? 1 : 0));
      feed.put(inputs.shift(), tensor(k -> k < rank ? 0 : means[k]));
    }

    private Tensor tensor(IntToDoubleFunction elements) {
      ElementType type = elementType(inputs.type());
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(means.length * type.bytes()).order(ByteOrder.nativeOrder());
      for (int k = 0; k < means.length; k++) {
        type.put(bytes, elements.applyAsDouble(k));
      }
      return new Tensor(type, inputs.shape(), bytes.flip());
    }
  }

  private static ElementType elementType(DataType type) {
    return switch (type) {
      case FLOAT -> ElementType.FLOAT;
      case DOUBLE -> ElementType.DOUBLE;
      case FLOAT16 -> ElementType.FLOAT16;
      case BFLOAT16 -> ElementType.BFLOAT16;
      default -> throw new IllegalArgumentException("not a floating type: " + type);
    };
  }

  /**
   * Loads a model whose ranks are inputs.
   *
   * @param model as the pass with these masks made it
   * @param means by site, of what lies between the factors [p]: they take the place of what a rank
   *     leaves out, as a corrected bias will; zeros for sites that are not named
   */
  public static RankProbe open(Path model, RankMasks masks, Map<Site, double[]> means) {
    Map<Site, List<Mask>> all = new LinkedHashMap<>();
    masks
        .inputs()
        .forEach((site, forms) -> {
          int most = Math.toIntExact(forms.getFirst().shape().getFirst());
          double[] between = means.getOrDefault(site, new double[most]);
          all.put(site, forms.stream().map(form -> new Mask(form, between)).toList());
        });
    return new RankProbe(ModelSession.open(model, Optimization.ALL), all);
  }

  /**
   * Runs the model.
   *
   * @param ranks of sites; the others are at full rank, that is exact
   * @param batches inputs by name
   * @param reader is given the number and the outputs of every batch, which are gone when it
   *     returns
   */
  public void run(
      Map<Site, Integer> ranks,
      List<Map<String, Tensor>> batches,
      BiConsumer<Integer, Map<String, Tensor>> reader) {
    Map<String, Tensor> chosen = new LinkedHashMap<>();
    masks.forEach((site, forms) ->
        forms.forEach(mask -> mask.put(chosen, ranks.getOrDefault(site, mask.fullRank()))));
    for (int i = 0; i < batches.size(); i++) {
      int batch = i;
      Map<String, Tensor> inputs = new LinkedHashMap<>(batches.get(i));
      inputs.putAll(chosen);
      try (Feed feed = Feed.of(inputs)) {
        session.read(feed, outputs -> reader.accept(batch, outputs));
      }
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
