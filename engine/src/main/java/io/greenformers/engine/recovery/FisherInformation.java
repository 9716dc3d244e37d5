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
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The diagonal of the empirical Fisher information of a model's weights: E[(∂L/∂w)²] over texts,
 * with the loss of each text by itself (Hsu et al., Language model compression with weighted
 * low-rank factorization, ICLR 2022, section 3.1).
 *
 * @param rows its sum over each row of a weight [m, n…], by the weight's name: [m]
 * @param columns its sum over each column of a weight as a matrix [m, n·…]: [n·…]
 */
public record FisherInformation(Map<String, double[]> rows, Map<String, double[]> columns) {
  private static final LossWeights LABELS_ONLY = new LossWeights(1, 0, 0, 1);

  /**
   * Measures it.
   *
   * @param executor whose parameters are the weights, of two axes or more
   * @param texts with targets; a batch counts as one text, so it should hold one
   * @param progress is told the fraction done
   * @throws InvalidDatasetException if the model has no output for the targets
   */
  public static FisherInformation of(
      GraphExecutor executor,
      ComputeDevice device,
      List<? extends ModelBatch> texts,
      DoubleConsumer progress) {
    Objective objective = new Objective(LABELS_ONLY, executor.outputs(), List.of(), device);
    Map<String, Tensor> rows = new LinkedHashMap<>();
    Map<String, Tensor> columns = new LinkedHashMap<>();
    try {
      for (int i = 0; i < texts.size(); i++) {
        progress.accept((double) i / texts.size());
        differentiate(executor, objective, texts.get(i));
        executor.parameters().forEach((name, weight) -> add(name, weight, rows, columns));
      }
      return new FisherInformation(means(rows, texts.size()), means(columns, texts.size()));
    } finally {
      rows.values().forEach(Tensor::close);
      columns.values().forEach(Tensor::close);
    }
  }

  private static void differentiate(GraphExecutor executor, Objective objective, ModelBatch text) {
    try (Scope scope = new Scope();
        Feeds feeds = Feeds.of(text);
        Outputs outputs = executor.run(feeds.of(executor), objective.wanted())) {
      objective.loss(outputs, outputs, text).backward();
    }
  }

  /** Adds the squares of a weight's gradient, and drops it. */
  private static void add(
      String name, Tensor weight, Map<String, Tensor> rows, Map<String, Tensor> columns) {
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      Tensor gradient = weight.grad();
      if (!gradient.defined()) {
        return;
      }
      Tensor squares = gradient.flatten(1, -1).square();
      add(name, squares.sum(1), scope, rows);
      add(name, squares.sum(0), scope, columns);
      weight.mutable_grad().put(new Tensor());
    }
  }

  private static void add(String name, Tensor sums, Scope scope, Map<String, Tensor> totals) {
    Tensor total = totals.get(name);
    if (total == null) {
      totals.put(name, scope.keep(sums.toType(ScalarType.Double)));
    } else {
      total.add_(sums);
    }
  }

  private static Map<String, double[]> means(Map<String, Tensor> totals, int count) {
    Map<String, double[]> means = new LinkedHashMap<>();
    try (Scope scope = new Scope()) {
      totals.forEach((name, total) ->
          means.put(name, TorchTensors.doubles(total.div(new Scalar((double) count)))));
    }
    return means;
  }
}
