package io.greenformers.engine.recovery;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.recovery.RecoverySettings.LossWeights;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.TorchTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * What training makes small: labels · L<sub>labels</sub> + logits · L<sub>outputs</sub> + hidden ·
 * L<sub>hidden</sub>.
 *
 * <ul>
 *   <li>L<sub>labels</sub> is the cross entropy of classes, or the squared distance of numbers.
 *   <li>L<sub>outputs</sub> of scores s, teacher's t: T² · KL(softmax(t/T) ‖ softmax(s/T)), mean
 *       over rows (Hinton et al. 2015, Distilling the Knowledge in a Neural Network, section 2). Of
 *       other outputs: ‖s − t‖² / ‖t‖².
 *   <li>L<sub>hidden</sub>: the mean of ‖s − t‖² / ‖t‖² over values that both models have.
 * </ul>
 *
 * <p>Where an output has a row per token, padding does not count.
 *
 * <p>Every part is a sum over rows, divided by what it would be divided by for all rows of a batch
 * that {@link Peers} share: the sum of their losses, and of their gradients, is that of the batch.
 */
public final class Objective {
  private static final long SUM = 2;
  private static final double LEAST_DIVISOR = 1e-12;

  private final LossWeights weights;
  private final Set<String> outputs;
  private final List<String> hidden;
  private final ComputeDevice device;
  private final Peers peers;

  /**
   * Prepares.
   *
   * @param outputs floating outputs of both models
   * @param hidden values that both models have, see {@link MatchedValues}
   */
  public Objective(
      LossWeights weights, Set<String> outputs, List<String> hidden, ComputeDevice device) {
    this(
        weights,
        new LinkedHashSet<>(outputs),
        weights.hidden() > 0 ? List.copyOf(hidden) : List.of(),
        device,
        Peers.alone());
  }

  private Objective(
      LossWeights weights,
      Set<String> outputs,
      List<String> hidden,
      ComputeDevice device,
      Peers peers) {
    this.weights = weights;
    this.outputs = outputs;
    this.hidden = hidden;
    this.device = device;
    this.peers = peers;
  }

  /** The same, of rows that are a share of a batch of which the others have the rest. */
  Objective among(Peers others) {
    return new Objective(weights, outputs, hidden, device, others);
  }

  /** The values that a step needs of a model. */
  Set<String> wanted() {
    Set<String> wanted = new LinkedHashSet<>(outputs);
    wanted.addAll(hidden);
    return wanted;
  }

  /**
   * The loss on a batch, a scalar that can be differentiated by the student's weights. Belongs to
   * the scope around it.
   *
   * @throws InvalidDatasetException if the student has no output for the batch's labels
   */
  Tensor loss(Outputs student, Outputs teacher, ModelBatch batch) {
    Map<String, Tensor> given = floating(student);
    Optional<String> scores = ScoreOutput.of(given, batch.targets(), batch.size());
    List<Tensor> terms = new ArrayList<>();
    if (weights.labels() > 0 && !(batch.targets() instanceof Targets.None)) {
      Tensor output = student.get(scores.orElseThrow(() -> noOutput(given)));
      terms.add(labels(output, batch.targets()).mul(new Scalar(weights.labels())));
    }
    if (weights.logits() > 0) {
      terms.add(outputs(student, teacher, scores, batch).mul(new Scalar(weights.logits())));
    }
    if (!hidden.isEmpty()) {
      terms.add(hidden(student, teacher, batch).mul(new Scalar(weights.hidden())));
    }
    return terms.stream()
        .reduce(Tensor::add)
        .orElseThrow(() -> new IllegalStateException("a loss without any part"));
  }

  private Map<String, Tensor> floating(Outputs student) {
    Map<String, Tensor> floating = new LinkedHashMap<>();
    for (String name : outputs) {
      if (student.get(name).is_floating_point()) {
        floating.put(name, student.get(name));
      }
    }
    return floating;
  }

  private static InvalidDatasetException noOutput(Map<String, Tensor> outputs) {
    return InvalidDatasetException.notForModel(
        "labels: expected a model with one output for them, found %s; use data.task: text, and learn from the original only"
            .formatted(outputs.keySet()));
  }

  private Tensor labels(Tensor output, Targets targets) {
    return switch (targets) {
      case Targets.Classes(var indices) -> crossEntropy(output, place(indices), indices);
      case Targets.Places(var indices) ->
          crossEntropy(output.flatten(0, 1), place(indices).flatten(), indices);
      case Targets.Values(var values) -> {
        Tensor right = place(values).flatten().to(output.scalar_type());
        yield mean(output.flatten().sub(right).square().sum(), values.elements());
      }
      case Targets.None n -> throw new IllegalStateException("there are no labels");
    };
  }

  private Tensor crossEntropy(
      Tensor scores, Tensor classes, io.greenformers.engine.runtime.Tensor indices) {
    double known =
        IntStream.range(0, indices.elements())
            .filter(i -> indices.get(i) != Targets.IGNORED)
            .count();
    return mean(
        torch.cross_entropy_loss(scores, classes, new TensorOptional(), SUM, Targets.IGNORED, 0),
        known);
  }

  /** Of a sum over so many things here, and more elsewhere. */
  private Tensor mean(Tensor sum, double count) {
    return sum.div(new Scalar(Math.max(1, peers.sum(count))));
  }

  private Tensor outputs(
      Outputs student, Outputs teacher, Optional<String> scores, ModelBatch batch) {
    List<Tensor> terms = new ArrayList<>();
    for (String name : outputs) {
      if (student.get(name).is_floating_point()) {
        Tensor s = rows(student.get(name), batch);
        Tensor t = rows(teacher.get(name), batch);
        boolean areScores =
            scores.equals(Optional.of(name)) && !(batch.targets() instanceof Targets.Values);
        terms.add(areScores ? divergence(s, t) : distance(s, t));
      }
    }
    return mean(terms);
  }

  private Tensor hidden(Outputs student, Outputs teacher, ModelBatch batch) {
    return mean(
        hidden.stream()
            .map(name -> distance(rows(student.get(name), batch), rows(teacher.get(name), batch)))
            .toList());
  }

  private Tensor divergence(Tensor student, Tensor teacher) {
    Scalar temperature = new Scalar(weights.temperature());
    long last = student.dim() - 1;
    Tensor s = torch.log_softmax(student.div(temperature), last);
    Tensor t = torch.log_softmax(teacher.div(temperature), last);
    double squared = weights.temperature() * weights.temperature();
    Tensor sum = torch.kl_div(s, t, SUM, true).mul(new Scalar(squared));
    return mean(sum, (double) student.numel() / student.size(last));
  }

  private Tensor distance(Tensor student, Tensor teacher) {
    Tensor scale = teacher.square().sum();
    peers.sum(scale);
    return student.sub(teacher).square().sum().div(scale.clamp_min(new Scalar(LEAST_DIVISOR)));
  }

  private static Tensor mean(List<Tensor> terms) {
    return terms.stream()
        .reduce(Tensor::add)
        .orElseThrow(() -> new IllegalStateException("nothing that both models have"))
        .div(new Scalar((double) terms.size()));
  }

  /** Without padding, where there is a row per token. */
  private Tensor rows(Tensor value, ModelBatch batch) {
    if (value.dim() < 3 || !batch.isOfPlaces(List.of(value.size(0), value.size(1)))) {
      return value;
    }
    long[] tokens =
        LongStream.range(0, value.size(0) * value.size(1))
            .filter(place -> batch.isToken((int) place))
            .toArray();
    Tensor all = value.flatten(0, 1);
    return tokens.length == all.size(0)
        ? all
        : all.index_select(0, device.place(TorchTensors.of(tokens, tokens.length)));
  }

  private Tensor place(io.greenformers.engine.runtime.Tensor tensor) {
    return device.place(TorchTensors.of(tensor));
  }
}
