package io.greenformers.engine.recovery;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.recovery.RecoverySettings.LossWeights;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import io.greenformers.engine.torch.TorchTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The diagonal of the empirical Fisher information of a model's weights: E[(∂L/∂w)²] over examples,
 * with the loss of each by itself, summed over the rows or the columns of each weight (Hsu et al.,
 * Language model compression with weighted low-rank factorization, ICLR 2022, section 3.1).
 */
public final class FisherInformation {
  private static final LossWeights LABELS_ONLY = new LossWeights(1, 0, 0, 1);

  private final GraphExecutor executor;
  private final Objective objective;
  private final Predicate<String> byRows;

  /**
   * Prepares.
   *
   * @param executor whose parameters are the weights [m, n…]
   * @param byRows whether a weight, by its name, is to have a sum for each row [m], or else for
   *     each column of it as a matrix [n·…]
   */
  public FisherInformation(GraphExecutor executor, ComputeDevice device, Predicate<String> byRows) {
    this.executor = executor;
    this.objective = new Objective(LABELS_ONLY, executor.outputs(), List.of(), device);
    this.byRows = byRows;
  }

  /**
   * Measures it, by the names of the weights that the loss depends on.
   *
   * @param examples with targets; a batch counts as one, so it should hold one
   * @param progress is told the fraction done
   * @throws InvalidDatasetException if the model has no output for the targets
   */
  public Map<String, double[]> sums(List<? extends ModelBatch> examples, DoubleConsumer progress) {
    Map<String, Tensor> totals = new LinkedHashMap<>();
    try {
      for (int i = 0; i < examples.size(); i++) {
        progress.accept((double) i / examples.size());
        differentiate(examples.get(i));
        executor.parameters().forEach((name, weight) -> take(name, weight, totals));
      }
      return means(totals, examples.size());
    } finally {
      totals.values().forEach(Tensor::close);
    }
  }

  private void differentiate(ModelBatch example) {
    try (Scope scope = new Scope();
        Feeds feeds = Feeds.of(example);
        Outputs outputs = executor.run(feeds.of(executor), objective.wanted())) {
      objective.loss(outputs, outputs, example).backward();
    }
  }

  /** Adds the squares of a weight's gradient, and drops it. */
  private void take(String name, Tensor weight, Map<String, Tensor> totals) {
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      Tensor gradient = weight.grad();
      if (!gradient.defined()) {
        return;
      }
      Tensor sums = gradient.flatten(1, -1).square().sum(byRows.test(name) ? 1 : 0);
      Tensor total = totals.get(name);
      if (total == null) {
        totals.put(name, scope.keep(sums.toType(ScalarType.Double)));
      } else {
        total.add_(sums);
      }
      weight.mutable_grad().put(new Tensor());
    }
  }

  private static Map<String, double[]> means(Map<String, Tensor> totals, int count) {
    Map<String, double[]> means = new LinkedHashMap<>();
    try (Scope scope = new Scope()) {
      Scalar divisor = new Scalar((double) count);
      totals.forEach((name, total) -> means.put(name, TorchTensors.doubles(total.div(divisor))));
    }
    return means;
  }
}
