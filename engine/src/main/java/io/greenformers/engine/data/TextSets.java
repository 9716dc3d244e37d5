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
 * calibration nor training ever sees them. Training leaves out every text of an evaluation file,
 * also of another one than its own. Texts that were calibrated with may be trained with: nothing is
 * judged by them afterwards. Immutable.
 */
public final class TextSets {
  private static final double OF_EVALUATION = 2.0 / 3;
  private static final double OF_OTHERS = 1.0 / 3;

  private final Sources sources;
  private final Reading reading;
  private final long seed;
  private final Path evaluation;
  private final Path calibration;
  private final Path training;
  private final Optional<TextSplit> split;
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
   * How they are read.
   *
   * @param format found by itself where it is empty
   * @param task decides which labels texts that are evaluated on must have
   */
  public record Reading(Optional<TextFormat> format, TextColumns columns, TextTask task) {}

  /** Plans the sets; nothing is read yet. */
  public TextSets(Sources sources, Reading reading, long seed) {
    this.sources = sources;
    this.reading = reading;
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
            : Optional.of(new TextSplit(given ? OF_EVALUATION : OF_OTHERS, seed));
    this.splitName =
        given
            ? (shared ? "evaluation (two thirds)" : "evaluation")
            : (sources.train().isPresent() ? "train (one third)" : "calibration (one third)");
  }

  /** Which texts are evaluated on, as the report says it. */
  public String evaluationSplit() {
    return splitName;
  }

  /**
   * Texts to evaluate on, with labels where the task has some.
   *
   * @param most how many; drawn by the seed where there are more
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<TextExample> evaluation(int most) {
    Predicate<TextExample> chosen =
        split.<Predicate<TextExample>>map(s -> s::isFirst).orElse(e -> true);
    return draw(evaluation, true, chosen, most);
  }

  /**
   * Texts to take statistics from.
   *
   * @param most how many; drawn by the seed where there are more
   * @param labelled whether they must have the labels of the task
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<TextExample> calibration(int most, boolean labelled) {
    return draw(calibration, labelled, unseen(calibration), most);
  }

  /**
   * Texts to train with, none of which is evaluated on.
   *
   * @param most how many; drawn by the seed where there are more
   * @param labelled whether they must have the labels of the task
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<TextExample> train(int most, boolean labelled) {
    Predicate<TextExample> chosen = unseen(training);
    if (!isSame(evaluation, training)) {
      chosen = chosen.and(Predicate.not(evaluated()::contains));
    }
    return draw(training, labelled, chosen, most);
  }

  /** What of a file is not evaluated on. */
  private Predicate<TextExample> unseen(Path file) {
    return isSame(evaluation, file) ? e -> split.filter(s -> s.isFirst(e)).isEmpty() : e -> true;
  }

  /** Everything that the evaluation file says, where it is another than that of the training. */
  private ContentSet evaluated() {
    ContentSet contents = new ContentSet(seed);
    read(evaluation, false, contents::add);
    return contents;
  }

  private void read(Path file, boolean labelled, Consumer<TextExample> examples) {
    try {
      new ExampleFile(file, reading.format(), reading.columns(), reading.task(), labelled)
          .forEach(examples);
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

  private List<TextExample> draw(
      Path file, boolean labelled, Predicate<TextExample> chosen, int most) {
    Reservoir<TextExample> reservoir = new Reservoir<>(most, seed);
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
          "%s: expected enough texts to be split for calibration, training and evaluation, found too few; give a file for each"
              .formatted(field(file)));
    }
    List<TextExample> sample = reservoir.sample();
    if (labelled) {
      LabelVariety.require(sample, field(file));
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
