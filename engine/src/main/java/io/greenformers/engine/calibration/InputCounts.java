package io.greenformers.engine.calibration;

import io.greenformers.engine.data.PaddingMask;
import io.greenformers.engine.runtime.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the integer inputs of a model hold each number, padding left out, over examples that
 * the model need not run on. Counted when first asked for. Not thread-safe.
 */
public final class InputCounts {
  private final Iterable<Map<String, Tensor>> batches;
  private Optional<SortedMap<String, SortedMap<Long, Integer>>> counts = Optional.empty();

  /**
   * Counts of these examples.
   *
   * @param batches inputs of the model by name; gone through once
   */
  public InputCounts(Iterable<Map<String, Tensor>> batches) {
    this.batches = batches;
  }

  /** Counts of no examples. */
  public static InputCounts none() {
    return new InputCounts(List.of());
  }

  /** By input, and number. */
  public SortedMap<String, SortedMap<Long, Integer>> all() {
    if (counts.isEmpty()) {
      SortedMap<String, SortedMap<Long, Integer>> all = new TreeMap<>();
      for (Map<String, Tensor> batch : batches) {
        Optional<Tensor> mask = PaddingMask.of(batch.keySet()).map(batch::get);
        batch.forEach((name, tensor) -> {
          if (!tensor.type().isFloating()) {
            add(tensor, mask, all.computeIfAbsent(name, n -> new TreeMap<>()));
          }
        });
      }
      counts = Optional.of(all);
    }
    return counts.get();
  }

  /** Of one input; empty where there is none of that name. */
  Map<Long, Integer> of(String input) {
    return all().getOrDefault(input, Collections.emptySortedMap());
  }

  /** Adds the numbers that are no padding, where the mask is one of theirs. */
  static void add(Tensor numbers, Optional<Tensor> mask, Map<Long, Integer> counts) {
    Optional<Tensor> tokens = mask.filter(m -> m.elements() == numbers.elements());
    for (int i = 0; i < numbers.elements(); i++) {
      if (tokens.isEmpty() || tokens.get().get(i) != 0) {
        counts.merge((long) numbers.get(i), 1, Integer::sum);
      }
    }
  }
}
