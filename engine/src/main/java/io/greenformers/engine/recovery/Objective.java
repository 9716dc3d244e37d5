package io.greenformers.engine.recovery;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.recovery.RecoverySettings.LossWeights;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.TorchTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 */
public final class Objective {
  private static final long SUM = 2;

  private final LossWeights weights;
  private final Set<String> outputs;
  private final List<String> hidden;
  private final ComputeDevice device;

  /**
   * Prepares.
   *
   * @param outputs floating outputs of both models
   * @param hidden values that both models have, see {@link MatchedValues}
   */
  public Objective(
      LossWeights weights, Set<String> outputs, List<String> hidden, ComputeDevice device) {
    this.weights = weights;
    this.outputs = new LinkedHashSet<>(outputs);
    this.hidden = weights.hidden() > 0 ? List.copyOf(hidden) : List.of();
    this.device = device;
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
      case Targets.Classes(var indices) -> crossEntropy(output, place(indices));
      case Targets.Places(var indices) ->
          crossEntropy(output.flatten(0, 1), place(indices).flatten());
      case Targets.Values(var values) ->
          torch.mse_loss(output.flatten(), place(values).flatten().to(output.scalar_type()));
      case Targets.None n -> throw new IllegalStateException("there are no labels");
    };
  }

  private static Tensor crossEntropy(Tensor scores, Tensor classes) {
    return torch.cross_entropy_loss(scores, classes, new TensorOptional(), 1, Targets.IGNORED, 0);
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
    double rows = (double) student.numel() / student.size(last);
    double scale = weights.temperature() * weights.temperature() / rows;
    return torch.kl_div(s, t, SUM, true).mul(new Scalar(scale));
  }

  private static Tensor distance(Tensor student, Tensor teacher) {
    Tensor scale = teacher.square().sum().clamp_min(new Scalar(1e-12));
    return student.sub(teacher).square().sum().div(scale);
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
