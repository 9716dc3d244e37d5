package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.Label;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A metric of vectors of pairs of texts. Both texts of a pair may come in different batches; a pair
 * of which one was left out does not count.
 */
final class PairMeasurement extends Measurement {
  private final Metric metric;
  private final Map<Integer, double[]> firsts = new TreeMap<>();
  private final Map<Integer, double[]> seconds = new TreeMap<>();
  private final Map<Integer, Optional<Double>> similarities = new TreeMap<>();

  PairMeasurement(Metric metric) {
    this.metric = metric;
  }

  @Override
  public void add(ModelBatch added, Map<String, Tensor> outputs) {
    if (!(added instanceof TextBatch batch)) {
      throw new IllegalArgumentException(metric + " needs pairs of texts");
    }
    List<double[]> vectors = TextVectors.of(batch, outputs);
    for (int i = 0; i < batch.size(); i++) {
      if (!(batch.examples().get(i).label()
          instanceof Label.OfPair(int pair, Label.Side side, Optional<Double> similarity))) {
        throw new IllegalArgumentException(metric + " needs pairs of texts");
      }
      (side == Label.Side.FIRST ? firsts : seconds).put(pair, vectors.get(i));
      similarities.put(pair, similarity);
    }
  }

  private List<Integer> pairs() {
    return firsts.keySet().stream().filter(seconds::containsKey).toList();
  }

  @Override
  public int samples() {
    return pairs().size();
  }

  @Override
  Statistic statistic() {
    List<Integer> pairs = pairs();
    double[][] first = pairs.stream().map(firsts::get).toArray(double[][]::new);
    double[][] second = pairs.stream().map(seconds::get).toArray(double[][]::new);
    return switch (metric) {
      case COSINE -> Statistic.mean(cosines(first, second));
      case RECALL_AT_1 -> Statistic.mean(found(first, second));
      case SPEARMAN ->
          new CorrelationStatistic(
              pairs.stream().mapToDouble(this::similarity).toArray(), cosines(first, second), true);
      case ACCURACY, MACRO_F1, MATTHEWS, AUC, PEARSON, PERPLEXITY, TOKEN_F1 ->
          throw new IllegalStateException(metric + " is not of pairs");
    };
  }

  private double similarity(int pair) {
    return similarities
        .getOrDefault(pair, Optional.empty())
        .orElseThrow(() ->
            InvalidDatasetException.notForModel(
                "evaluation.metric spearman: expected pairs with a similarity, found none; name it in data.columns.label, or use recall-at-1"));
  }

  private static double[] cosines(double[][] first, double[][] second) {
    double[] cosines = new double[first.length];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = dot(first[i], second[i]);
    }
    return cosines;
  }

  /**
   * 1 where no second text is nearer than the one of the pair, of several that are as near its
   * share: a model that maps all to one vector finds nothing.
   */
  private static double[] found(double[][] first, double[][] second) {
    double[] found = new double[first.length];
    for (int i = 0; i < found.length; i++) {
      double own = dot(first[i], second[i]);
      int nearer = 0;
      int asNear = 0;
      for (double[] other : second) {
        double cosine = dot(first[i], other);
        nearer += cosine > own ? 1 : 0;
        asNear += cosine == own ? 1 : 0;
      }
      found[i] = nearer > 0 || asNear == 0 ? 0 : 1.0 / asNear;
    }
    return found;
  }

  private static double dot(double[] a, double[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }
}
