package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;

/** Checks ready tensors against a model's inputs, before anything runs. */
final class TensorCheck {
  private static final int MOST_LABEL_AXES = 2;

  private final Map<String, StoredTensor> tensors;
  private final Signature signature;
  private final String labelsName;
  private final boolean labelled;

  TensorCheck(Map<String, StoredTensor> tensors, TensorReading reading) {
    this.tensors = Map.copyOf(tensors);
    this.signature = reading.signature();
    this.labelsName = reading.labelsName();
    this.labelled = reading.labels().isPresent();
  }

  /**
   * Names, types, shapes, finite numbers, token ids that the model knows, and labels of more than
   * one kind, which must be there if the request names them.
   *
   * @throws InvalidDatasetException with the tensor, and the row where there is one
   */
  void require() {
    requireNames();
    for (InputSpec spec : signature.inputs()) {
      StoredTensor tensor = Optional.ofNullable(tensors.get(spec.name())).orElseThrow();
      requireFits(spec, tensor);
      requireFinite(spec.name(), tensor);
      requireKnown(spec.name(), tensor);
    }
    StoredTensor labels = tensors.get(labelsName);
    if (labels == null && labelled) {
      throw withoutLabels(labelsName);
    }
    if (labels != null) {
      requireLabels(labels);
    }
  }

  static InvalidDatasetException withoutLabels(String name) {
    return new InvalidDatasetException(
        "dataset-column-missing",
        "the dataset: expected a tensor of labels %s, found none; name it in data.columns.label"
            .formatted(Quoted.of(name)));
  }

  private void requireNames() {
    Set<String> missing = new TreeSet<>(signature.inputs().stream().map(InputSpec::name).toList());
    missing.removeAll(tensors.keySet());
    if (!missing.isEmpty()) {
      throw new InvalidDatasetException(
          "dataset-column-missing",
          "the dataset: expected a tensor for every input of the model, missing are %s, found are %s"
              .formatted(missing, Quoted.of(tensors.keySet().stream().sorted().toList())));
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
    if (tensor.type().isFloating()) {
      require(name, tensor, Double::isFinite, "numbers", "dataset-rows-invalid");
    }
  }

  private void requireKnown(String name, StoredTensor tensor) {
    Long bound = signature.bounds().get(name);
    if (bound != null) {
      require(
          name,
          tensor,
          value -> value >= 0 && value < bound,
          "values from 0 and below %d, which the model knows".formatted(bound),
          "dataset-not-for-model");
    }
  }

  private static void require(
      String name, StoredTensor tensor, DoublePredicate isGood, String expected, String code) {
    BadRows bad = new BadRows("row");
    for (long row = 0; row < tensor.rows(); row++) {
      ByteBuffer elements = tensor.row(row);
      for (int i = 0; i < tensor.elementsPerRow(); i++) {
        double value = tensor.type().get(elements, i);
        if (!isGood.test(value)) {
          bad.add(
              row, "tensor %s: expected %s, found %s".formatted(Quoted.of(name), expected, value));
          break;
        }
      }
    }
    bad.refuse(code);
  }

  private void requireLabels(StoredTensor labels) {
    if (labels.shape().size() > MOST_LABEL_AXES || labels.elementsPerRow() == 0) {
      throw TensorFile.malformed(
          labelsName, "labels [rows] or [rows, places]", labels.shape().toString());
    }
    requireFinite(labelsName, labels);
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
        "the dataset, tensor %s: expected at least two different labels, found only %s"
            .formatted(Quoted.of(labelsName), first));
  }
}
