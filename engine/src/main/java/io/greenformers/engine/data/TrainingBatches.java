package io.greenformers.engine.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A training set in batches, in an order of its own in every epoch.
 *
 * <p>Texts are tokenised once and kept as tokens. A batch is made when it is asked for and depends
 * on the seed, the epoch and its index alone, so that a training that was killed goes on with the
 * very batch that it was at. Every text is in one batch of an epoch. Not thread-safe.
 */
public final class TrainingBatches implements TrainingSet {
  private final TextInputs inputs;
  private final List<Encoded> texts;
  private final EpochOrder order;
  private final int padding;
  private final TokenTargets targets;
  private final long seed;

  private TrainingBatches(
      TextInputs inputs, List<Encoded> texts, Tokenised with, int batchSize, long seed) {
    this.inputs = inputs;
    this.texts = texts;
    this.padding = with.padding();
    this.targets = with.targets();
    this.seed = seed;
    int[] lengths = texts.stream().mapToInt(Encoded::length).toArray();
    this.order =
        inputs.pads()
            ? new BucketedOrder(lengths, batchSize, seed)
            : new SameLengthOrder(lengths, batchSize, seed);
  }

  private record Tokenised(int padding, TokenTargets targets) {}

  /**
   * What texts are tokenised by, and for what.
   *
   * @param tokenizer a {@code tokenizer.json}
   * @param maxLength tokens after which a text is truncated
   */
  public record Encoding(TextTask task, Path tokenizer, int maxLength) {}

  /**
   * Tokenises texts; those that have no token at all are left out.
   *
   * @param batchSize texts in a batch; the last of an epoch, or of a length where the model takes
   *     no mask, may have fewer
   * @param seed of the order, and of the tokens that are hidden for a masked language model
   * @throws InvalidDatasetException if the texts, or the tokenizer, cannot be used with this model
   */
  public static TrainingBatches of(
      List<TextExample> examples,
      Encoding encoding,
      Signature signature,
      int batchSize,
      long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("expected a batch size of at least 1, found " + batchSize);
    }
    TextInputs inputs = new TextInputs(signature.inputs(), signature.bounds());
    try (TextTokenizer reader =
        TextTokenizer.read(encoding.tokenizer(), inputs.mostTokens(encoding.maxLength()))) {
      TokenTargets targets =
          TokenTargets.of(encoding.task(), reader.vocabulary(), inputs.knownIds());
      List<Encoded> texts = new ArrayList<>(reader.encode(texts(examples, encoding.task())));
      texts.removeIf(text -> text.length() == 0);
      if (texts.isEmpty()) {
        throw InvalidDatasetException.tooSmall(
            "the training set: expected at least one text with a token, found none");
      }
      inputs.require(texts);
      return new TrainingBatches(
          inputs,
          List.copyOf(texts),
          new Tokenised(reader.vocabulary().padding(), targets),
          batchSize,
          seed);
    }
  }

  private static List<TextExample> texts(List<TextExample> examples, TextTask task) {
    return task == TextTask.EMBEDDING ? TextPairs.apart(examples) : examples;
  }

  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public int batchesPerEpoch() {
    return order.batchesPerEpoch();
  }

  @Override
  public TextBatch batch(int epoch, int index) {
    List<Encoded> batch = new ArrayList<>();
    for (int place : order.batch(epoch, index)) {
      Encoded text = texts.get(place);
      long draw = ContentHash.mix(seed ^ ContentHash.mix(((long) epoch << Integer.SIZE) + place));
      batch.add(new Encoded(text.example(), targets.of(text.tokens(), draw)));
    }
    return inputs.batch(batch, padding);
  }

  @Override
  public void requireLabelsBelow(int classes) {
    ClassRange.requireOfTexts(classes, texts.stream().map(Encoded::example).toList());
  }
}
