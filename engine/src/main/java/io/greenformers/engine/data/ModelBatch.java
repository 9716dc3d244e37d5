package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Rows of a dataset as one run's inputs, with what is known of them. */
public sealed interface ModelBatch permits TextBatch, TensorBatch {
  /**
   * By the names of the model; the first axis is that of the rows, if they have anything for them.
   */
  Map<String, Tensor> inputs();

  /**
   * Which places of the rows count: [batch, sequence], 0 where there is padding; empty where
   * nothing is known of padding.
   */
  Optional<Tensor> mask();

  /** What the model should give. */
  Targets targets();

  /** How many rows there are. */
  int size();

  /**
   * A part of the rows, in the same memory.
   *
   * @param from the first
   * @param to after the last
   */
  ModelBatch rows(int from, int to);

  /**
   * Whether a value has something for each place of the mask: its first sizes are those of it.
   *
   * @param shape of the value
   */
  default boolean isOfPlaces(List<Long> shape) {
    return mask()
        .filter(m -> shape.size() >= 2 && shape.subList(0, 2).equals(m.shape()))
        .isPresent();
  }

  /** Whether there is no padding at a place of the row-major mask. */
  default boolean isToken(int place) {
    return mask().filter(m -> m.get(place) == 0).isEmpty();
  }

  /**
   * Checks classes against the width of a model's output.
   *
   * @param classes how many classes the model knows
   * @throws InvalidDatasetException if one is not below it, with the first ten lines or rows
   */
  static void requireLabelsBelow(int classes, List<? extends ModelBatch> batches) {
    ClassRange.requireOfTexts(
        classes,
        batches.stream()
            .flatMap(b -> b instanceof TextBatch t ? t.examples().stream() : Stream.empty())
            .toList());
    ClassRange.requireOfTensors(
        classes,
        batches.stream()
            .flatMap(b -> b instanceof TensorBatch t ? Stream.of(t) : Stream.empty())
            .toList());
  }

  /**
   * One of as many shares of the rows, padded as the whole is. Every row is in one share, and
   * shares differ by one row at most; where there are fewer rows than shares, each share is the
   * whole.
   *
   * @param index of the share, from 0
   */
  default ModelBatch share(int index, int shares) {
    return shares == 1 || size() < shares
        ? this
        : rows(size() * index / shares, size() * (index + 1) / shares);
  }

  /** The same part of tensors that have something for each row; others are whole. */
  static Map<String, Tensor> rows(Map<String, Tensor> tensors, int size, int from, int to) {
    Map<String, Tensor> parts = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      boolean isOfRows = !tensor.shape().isEmpty() && tensor.shape().getFirst() == size;
      parts.put(name, isOfRows ? tensor.rows(from, to) : tensor);
    });
    return parts;
  }
}
