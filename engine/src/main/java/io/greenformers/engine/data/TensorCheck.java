package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks ready tensors against a model's inputs, before anything runs. */
final class TensorCheck {
  private TensorCheck() {}

  /**
   * Names, types, shapes, finite numbers, and labels of more than one kind.
   *
   * @throws InvalidDatasetException with the tensor, and the row where there is one
   */
  static void require(Map<String, StoredTensor> tensors, List<InputSpec> specs, boolean labelled) {
    Set<String> missing = new TreeSet<>(specs.stream().map(InputSpec::name).toList());
    if (labelled) {
      missing.add(TensorBatches.LABELS);
    }
    missing.removeAll(tensors.keySet());
    if (!missing.isEmpty()) {
      throw new InvalidDatasetException(
          "dataset-column-missing",
          "the dataset: expected a tensor for every input of the model, and 'labels', missing are %s, found are %s"
              .formatted(missing, new TreeSet<>(tensors.keySet())));
    }
    for (InputSpec spec : specs) {
      StoredTensor tensor = tensors.get(spec.name());
      if (tensor != null) {
        requireFits(spec, tensor);
        requireFinite(spec.name(), tensor);
      }
    }
    StoredTensor labels = tensors.get(TensorBatches.LABELS);
    if (labels != null) {
      requireFinite(TensorBatches.LABELS, labels);
      requireVariety(labels);
    }
  }

  private static void requireFits(InputSpec spec, StoredTensor tensor) {
    boolean fits =
        spec.shape().size() == tensor.shape().size()
            && spec.type().isFloating() == tensor.type().isFloating();
    for (int axis = 1; fits && axis < spec.shape().size(); axis++) {
      fits =
          switch (spec.shape().get(axis)) {
            case Dimension.Fixed(long size) -> size == tensor.shape().get(axis);
            case Dimension.Dynamic d -> true;
          };
    }
    if (!fits) {
      throw new InvalidDatasetException(
          "dataset-not-for-model",
          "the dataset, tensor %s: expected %s of shape %s, as the model takes it, found %s of shape %s"
              .formatted(
                  Quoted.of(spec.name()),
                  spec.type(),
                  spec.shape(),
                  tensor.type(),
                  tensor.shape()));
    }
  }

  private static void requireFinite(String name, StoredTensor tensor) {
    if (!tensor.type().isFloating()) {
      return;
    }
    BadRows bad = new BadRows("row");
    for (long row = 0; row < tensor.rows(); row++) {
      ByteBuffer elements = tensor.row(row);
      for (int i = 0; i < tensor.elementsPerRow(); i++) {
        double value = tensor.type().get(elements, i);
        if (!Double.isFinite(value)) {
          bad.add(row, "tensor %s: expected numbers, found %s".formatted(Quoted.of(name), value));
          break;
        }
      }
    }
    bad.refuse("dataset-rows-invalid");
  }

  private static void requireVariety(StoredTensor labels) {
    double first = labels.type().get(labels.row(0), 0);
    for (long row = 0; row < labels.rows(); row++) {
      ByteBuffer elements = labels.row(row);
      for (int i = 0; i < labels.elementsPerRow(); i++) {
        if (labels.type().get(elements, i) != first) {
          return;
        }
      }
    }
    throw new InvalidDatasetException(
        "dataset-single-class",
        "the dataset, tensor 'labels': expected at least two different labels, found only %s"
            .formatted(first));
  }

  /** Classes must be from 0 and below those of the model, or {@link Targets#IGNORED}. */
  static void requireBelow(StoredTensor labels, int classes) {
    BadRows bad = new BadRows("row");
    for (long row = 0; row < labels.rows(); row++) {
      ByteBuffer elements = labels.row(row);
      for (int i = 0; i < labels.elementsPerRow(); i++) {
        double label = labels.type().get(elements, i);
        if ((label < 0 && label != Targets.IGNORED) || label >= classes) {
          bad.add(
              row,
              "expected a label from 0 to %d, since the model has %d classes, found %.0f"
                  .formatted(classes - 1, classes, label));
          break;
        }
      }
    }
    bad.refuse("dataset-label-out-of-range");
  }
}
