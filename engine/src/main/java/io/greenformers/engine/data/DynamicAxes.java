package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Sizes of the axes that a caller may choose, so that they agree: exporters give the same name to
 * axes of the same size, and name a sum by its terms.
 *
 * @param batches names of first axes
 * @param hasPast whether there is a cache of what came before, which a total length includes
 */
record DynamicAxes(Set<String> batches, boolean hasPast) {
  private static final Pattern PLUS = Pattern.compile("\\+");

  static DynamicAxes of(List<InputSpec> specs) {
    Set<String> batches = new HashSet<>();
    boolean hasPast = false;
    for (InputSpec spec : specs) {
      for (int axis = 0; axis < spec.shape().size(); axis++) {
        if (spec.shape().get(axis) instanceof Dimension.Dynamic(String name) && !name.isEmpty()) {
          if (axis == 0) {
            batches.add(name);
          }
          hasPast |= name.startsWith("past");
        }
      }
    }
    return new DynamicAxes(Set.copyOf(batches), hasPast);
  }

  List<Long> shape(InputSpec spec, int batch, int sequence) {
    return IntStream.range(0, spec.shape().size())
        .mapToObj(axis ->
            switch (spec.shape().get(axis)) {
              case Dimension.Fixed(long size) -> size;
              case Dimension.Dynamic(String name) ->
                  axis == 0 || batches.contains(name) ? batch : terms(name) * sequence;
            })
        .toList();
  }

  /** Of how many lengths it is the sum. */
  private long terms(String name) {
    return hasPast && name.startsWith("total") ? 2 : PLUS.splitAsStream(name).count();
  }
}
