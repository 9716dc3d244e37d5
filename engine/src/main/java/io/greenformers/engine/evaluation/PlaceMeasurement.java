package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A metric of what a model gives at the places of texts that count; a text is drawn whole. */
final class PlaceMeasurement extends Measurement {
  private final Metric metric;
  private final List<ModelBatch> batches;
  private final List<Text> texts = new ArrayList<>();
  private int classes;

  PlaceMeasurement(Metric metric, List<? extends ModelBatch> batches) {
    this.metric = metric;
    this.batches = List.copyOf(batches);
  }

  /** What counts of one text. */
  private static final class Text {
    private final int[] labels;
    private final int[] given;
    private double surprise;

    Text(int places) {
      this.labels = new int[places];
      this.given = new int[places];
    }

    int right() {
      return (int) IntStream.range(0, labels.length).filter(i -> labels[i] == given[i]).count();
    }
  }

  @Override
  public void add(ModelBatch batch, Map<String, Tensor> outputs) {
    if (!(batch.targets() instanceof Targets.Places(Tensor targets))) {
      throw new IllegalArgumentException(metric + " needs a class for every token");
    }
    int sequence = Math.toIntExact(targets.shape().getLast());
    Tensor scores = ModelOutput.places(outputs, batch.size(), sequence);
    if (classes == 0) {
      classes = Math.toIntExact(scores.shape().getLast());
      ModelBatch.requireLabelsBelow(classes, batches);
    }
    for (int row = 0; row < batch.size(); row++) {
      int begins = row * sequence;
      int[] places =
          IntStream.range(begins, begins + sequence)
              .filter(place -> targets.get(place) != Targets.IGNORED)
              .toArray();
      texts.add(text(places, targets, scores));
    }
  }

  private Text text(int[] places, Tensor targets, Tensor scores) {
    Text text = new Text(places.length);
    for (int i = 0; i < places.length; i++) {
      text.labels[i] = (int) targets.get(places[i]);
      if (text.labels[i] >= classes) {
        throw InvalidDatasetException.notForModel(
            "labels: expected tokens below %d, since the model's output is so wide, found %d; give the tokenizer that the model was trained with"
                .formatted(classes, text.labels[i]));
      }
      if (metric == Metric.PERPLEXITY) {
        text.surprise += surprise(scores, places[i], text.labels[i]);
      } else {
        text.given[i] = ModelOutput.largest(scores, places[i]);
      }
    }
    return text;
  }

  /** −log p of a class: log Σ exp(s) − s[class]; infinite where a score is not finite. */
  private double surprise(Tensor scores, int place, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      double score = scores.get(place * classes + c);
      if (!Double.isFinite(score)) {
        return Double.POSITIVE_INFINITY;
      }
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(scores.get(place * classes + c) - largest);
    }
    return largest + Math.log(sum) - scores.get(place * classes + label);
  }

  @Override
  public int samples() {
    return texts.size();
  }

  @Override
  Statistic statistic() {
    double[] places = texts.stream().mapToDouble(t -> t.labels.length).toArray();
    if (Arrays.stream(places).sum() == 0) {
      throw InvalidDatasetException.tooSmall(
          "the dataset: expected tokens that the model is to find, found none; give more or longer texts");
    }
    return switch (metric) {
      case PERPLEXITY -> {
        double[] surprises = texts.stream().mapToDouble(t -> t.surprise).toArray();
        Statistic mean = Statistic.ratio(surprises, places);
        yield times -> Math.exp(mean.of(times));
      }
      case ACCURACY -> Statistic.ratio(texts.stream().mapToDouble(Text::right).toArray(), places);
      case MACRO_F1, MATTHEWS, TOKEN_F1 -> {
        ClassStatistic statistic = new ClassStatistic(metric, classes);
        texts.forEach(t -> statistic.add(t.labels, t.given));
        yield statistic;
      }
      case AUC, PEARSON, SPEARMAN, RECALL_AT_1, COSINE ->
          throw new IllegalStateException(metric + " is not of tokens");
    };
  }
}
