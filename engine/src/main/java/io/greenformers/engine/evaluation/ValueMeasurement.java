package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The correlation of a model's numbers, one per text, with the right ones. */
final class ValueMeasurement extends Measurement {
  private final Metric metric;
  private final List<Double> expected = new ArrayList<>();
  private final List<Double> given = new ArrayList<>();

  ValueMeasurement(Metric metric) {
    this.metric = metric;
  }

  @Override
  public void add(ModelBatch batch, Map<String, Tensor> outputs) {
    if (!(batch.targets() instanceof Targets.Values(Tensor values))) {
      throw new IllegalArgumentException(metric + " needs a number for every text");
    }
    Tensor numbers = ModelOutput.numbers(outputs, batch.size());
    for (int i = 0; i < batch.size(); i++) {
      expected.add(values.get(i));
      given.add(numbers.get(i));
    }
  }

  @Override
  public int samples() {
    return expected.size();
  }

  @Override
  Statistic statistic() {
    return new CorrelationStatistic(
        expected.stream().mapToDouble(Double::doubleValue).toArray(),
        given.stream().mapToDouble(Double::doubleValue).toArray(),
        metric == Metric.SPEARMAN);
  }
}
