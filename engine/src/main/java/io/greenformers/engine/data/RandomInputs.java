package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Random inputs that fit a model's signature: token ids below the vocabulary, masks of ones, other
 * integers zero, floats from the standard normal distribution.
 */
public final class RandomInputs {
  private final List<InputSpec> specs;
  private final DynamicAxes axes;
  private final Map<String, Long> bounds;
  private final Random random;

  /**
   * Prepares inputs.
   *
   * @param bounds by input name: integers are drawn from [0, bound)
   * @param seed of the values
   */
  public RandomInputs(List<InputSpec> specs, Map<String, Long> bounds, long seed) {
    this.specs = List.copyOf(specs);
    this.axes = DynamicAxes.of(specs);
    this.bounds = Map.copyOf(bounds);
    this.random = new Random(seed);
  }

  /** Whether the caller may choose any size at all. */
  public boolean hasDynamicAxes() {
    return specs.stream()
        .flatMap(s -> s.shape().stream())
        .anyMatch(d -> d instanceof Dimension.Dynamic);
  }

  /**
   * The next inputs.
   *
   * @param batch the size of dynamic axes in the first place, and of others of the same name
   * @param sequence the size of every other dynamic axis; those that are a cache's length and its
   *     own, as in {@code past_sequence_length + sequence_length}, are as long as both
   */
  public Map<String, Tensor> next(int batch, int sequence) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (InputSpec spec : specs) {
      inputs.put(spec.name(), tensor(spec, axes.shape(spec, batch, sequence)));
    }
    return inputs;
  }

  private Tensor tensor(InputSpec spec, List<Long> shape) {
    int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(elements, spec.type().bytes()))
            .order(ByteOrder.nativeOrder());
    for (int i = 0; i < elements; i++) {
      spec.type().put(bytes, value(spec));
    }
    return new Tensor(spec.type(), shape, bytes.flip());
  }

  private double value(InputSpec spec) {
    if (spec.name().toLowerCase(Locale.ROOT).contains("mask")) {
      return 1;
    }
    if (spec.type().isFloating()) {
      return random.nextGaussian();
    }
    Long bound = bounds.get(spec.name());
    return bound == null ? 0 : random.nextLong(bound);
  }
}
