package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An input that texts have no content for, held so that a model computes a whole text at once: the
 * cache of a decoder is empty, as a text begins with its first token; a switch between branches
 * with and without it is off; and of the places whose logits are kept, none is left out.
 */
record NeutralInput(InputSpec spec) {
  private static final String CACHE = "past";

  /** As Optimum's exports of decoders name them; all zero. */
  private static final Set<String> SWITCHES =
      Set.of("use_cache_branch", "num_logits_to_keep", "logits_to_keep");

  static boolean is(InputSpec spec) {
    return SWITCHES.contains(spec.name())
        ? spec.shape().stream().allMatch(Dimension.Fixed.class::isInstance)
        : spec.name().startsWith(CACHE) && free(spec).max().orElse(0) > 0;
  }

  private static IntStream free(InputSpec spec) {
    return IntStream.range(0, spec.shape().size())
        .filter(axis -> spec.shape().get(axis) instanceof Dimension.Dynamic);
  }

  /**
   * What it holds beside texts.
   *
   * @param batch how many texts; the size of a free first axis, where every other free one is 0
   */
  Tensor tensor(int batch) {
    List<Long> shape =
        IntStream.range(0, spec.shape().size())
            .mapToObj(axis ->
                switch (spec.shape().get(axis)) {
                  case Dimension.Fixed(long size) -> size;
                  case Dimension.Dynamic free -> axis == 0 ? batch : 0L;
                })
            .toList();
    int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    return new Tensor(
        spec.type(),
        shape,
        ByteBuffer.allocateDirect(elements * spec.type().bytes()).order(ByteOrder.nativeOrder()));
  }
}
