package io.greenformers.engine.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The training, calibration and evaluation set of a compression, from whichever files there are.
 *
 * <p>Evaluation is taken from the evaluation file, else from the training file, else from the
 * calibration file; calibration from the calibration file, else from the training file, else from
 * the evaluation file; training from the training file, else from where calibration is. An
 * evaluation file that is used for nothing else is used whole. All others are split by the seed: of
 * an evaluation file two thirds are evaluated on, of another file one third, and neither
 * calibration nor training ever sees them. Training leaves out every example of an evaluation file,
 * also of another one than its own. Examples that were calibrated with may be trained with: nothing
 * is judged by them afterwards. Not thread-safe.
 *
 * @param <E> what is drawn: texts, or rows of ready tensors
 */
public final class ExampleSets<E> {
  private static final double OF_EVALUATION = 2.0 / 3;
  private static final double OF_OTHERS = 1.0 / 3;

  private final Sources sources;
  private final ExampleSource<E> source;
  private final long seed;
  private final Path evaluation;
  private final Path calibration;
  private final Path training;
  private final Optional<ContentSplit> split;
  private final String splitName;

  /**
   * The files that there are, at least one.
   *
   * @param train for recovery
   * @param evaluation held out
   * @param calibration for statistics
   */
  public record Sources(
      Optional<Path> train, Optional<Path> evaluation, Optional<Path> calibration) {}

  /**
   * How texts are read.
   *
   * @param format found by itself where it is empty
   * @param task decides which labels texts that are evaluated on must have
   */
  public record Reading(Optional<TextFormat> format, TextColumns columns, TextTask task) {}

  private ExampleSets(Sources sources, ExampleSource<E> source, long seed) {
    this.sources = sources;
    this.source = source;
    this.seed = seed;
    this.evaluation =
        sources.evaluation().or(sources::train).or(sources::calibration).orElseThrow();
    this.calibration =
        sources.calibration().or(sources::train).or(sources::evaluation).orElseThrow();
    this.training = sources.train().orElse(calibration);
    boolean given = sources.evaluation().isPresent();
    boolean shared = isSame(evaluation, calibration) || isSame(evaluation, training);
    this.split =
        given && !shared
            ? Optional.empty()
            : Optional.of(new ContentSplit(given ? OF_EVALUATION : OF_OTHERS));
    this.splitName =
        given
            ? (shared ? "evaluation (two thirds)" : "evaluation")
            : (sources.train().isPresent() ? "train (one third)" : "calibration (one third)");
  }

  private ExampleSets(Path evaluation, ExampleSource<E> source, long seed) {
    this.sources = new Sources(Optional.empty(), Optional.of(evaluation), Optional.empty());
    this.source = source;
    this.seed = seed;
    this.evaluation = evaluation;
    this.calibration = evaluation;
    this.training = evaluation;
    this.split = Optional.empty();
    this.splitName = "evaluation";
  }

  /** Plans sets of texts; nothing is read yet. */
  public static ExampleSets<TextExample> ofTexts(Sources sources, Reading reading, long seed) {
    return new ExampleSets<>(sources, new TextSource(reading), seed);
  }

  /** Plans sets of rows of ready tensors; nothing is read yet. */
  public static ExampleSets<TensorRow> ofTensors(
      Sources sources, TensorReading reading, long seed) {
    return new ExampleSets<>(sources, new TensorSource(reading), seed);
  }

  /** The same where only the evaluation set is used, and so the whole file, if there is one. */
  public ExampleSets<E> toEvaluate() {
    return sources.evaluation().isPresent()
        ? new ExampleSets<>(sources.evaluation().get(), source, seed)
        : this;
  }

  /** Which examples are evaluated on, as the report says it. */
  public String evaluationSplit() {
    return splitName;
  }

  /**
   * Examples to evaluate on.
   *
   * @param most how many; drawn by the seed where there are more
   * @param labelled whether they must have labels, where the task has some
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<E> evaluation(int most, boolean labelled) {
    return draw(evaluation, labelled, e -> split.isEmpty() || isFirst(e), most);
  }

  /**
   * Examples to take statistics from.
   *
   * @param most how many; drawn by the seed where there are more
   * @param labelled whether they must have labels, where the task has some
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<E> calibration(int most, boolean labelled) {
    return draw(calibration, labelled, unseen(calibration), most);
  }

  /**
   * Examples to train with, none of which is evaluated on.
   *
   * @param most how many; drawn by the seed where there are more
   * @param labelled whether they must have labels, where the task has some
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<E> train(int most, boolean labelled) {
    Predicate<E> chosen = unseen(training);
    if (!isSame(evaluation, training)) {
      ContentSet evaluated = evaluated();
      chosen = chosen.and(e -> !evaluated.contains(source.hash(e, seed)));
    }
    return draw(training, labelled, chosen, most);
  }

  /** What of a file is not evaluated on. */
  private Predicate<E> unseen(Path file) {
    return isSame(evaluation, file) ? e -> !isFirst(e) : e -> true;
  }

  /** Whether an example is on the side that is evaluated on, where its file is split. */
  private boolean isFirst(E example) {
    return split.filter(s -> s.isFirst(source.hash(example, seed))).isPresent();
  }

  /** Everything that the evaluation file says, where it is another than that of the training. */
  private ContentSet evaluated() {
    ContentSet contents = new ContentSet();
    read(evaluation, false, e -> contents.add(source.hash(e, seed)));
    return contents;
  }

  private void read(Path file, boolean labelled, Consumer<E> examples) {
    try {
      source.read(file, labelled, examples);
    } catch (InvalidDatasetException e) {
      throw e.in(field(file));
    }
  }

  /** The field of the request that names a file; one of them where several do. */
  private String field(Path file) {
    if (sources.train().equals(Optional.of(file))) {
      return "data.train";
    }
    return sources.evaluation().equals(Optional.of(file)) ? "data.evaluation" : "data.calibration";
  }

  private List<E> draw(Path file, boolean labelled, Predicate<E> chosen, int most) {
    Reservoir<E> reservoir = new Reservoir<>(most, seed);
    read(
        file,
        labelled,
        example -> {
          if (chosen.test(example)) {
            reservoir.add(example);
          }
        });
    if (reservoir.seen() == 0) {
      throw InvalidDatasetException.tooSmall(
          "%s: expected enough examples to be split for calibration, training and evaluation, found too few; give a file for each"
              .formatted(field(file)));
    }
    List<E> sample = reservoir.sample();
    if (labelled) {
      source.requireVariety(sample, field(file));
    }
    return sample;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
