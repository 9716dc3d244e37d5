package io.greenformers.engine.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The calibration set and the evaluation set of a compression, from whichever files there are.
 *
 * <p>Evaluation is taken from the evaluation file, else from the training file, else from the
 * calibration file; calibration from the calibration file, else from the training file, else from
 * the evaluation file. An evaluation file that is used for nothing else is used whole. All others
 * are split by the seed: of an evaluation file two thirds are evaluated on, of another file one
 * third, and calibration never sees them. Immutable.
 */
public final class TextSets {
  private static final double OF_EVALUATION = 2.0 / 3;
  private static final double OF_OTHERS = 1.0 / 3;

  private final Reading reading;
  private final long seed;
  private final Path evaluation;
  private final Path calibration;
  private final Optional<TextSplit> split;
  private final boolean shared;
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
   * @param labelled whether texts that are evaluated on must have labels
   */
  public record Reading(Optional<TextFormat> format, TextColumns columns, boolean labelled) {}

  /** Plans the sets; nothing is read yet. */
  public TextSets(Sources sources, Reading reading, long seed) {
    this.reading = reading;
    this.seed = seed;
    this.evaluation =
        sources.evaluation().or(sources::train).or(sources::calibration).orElseThrow();
    this.calibration =
        sources.calibration().or(sources::train).or(sources::evaluation).orElseThrow();
    this.shared = isSame(evaluation, calibration);
    boolean given = sources.evaluation().isPresent();
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
   * Texts to evaluate on, with labels where they were asked for.
   *
   * @param most how many; drawn by the seed where there are more
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<TextExample> evaluation(int most) {
    Predicate<TextExample> chosen =
        split.<Predicate<TextExample>>map(s -> s::isFirst).orElse(e -> true);
    List<TextExample> sample = draw(evaluation, reading.labelled(), chosen, most);
    if (reading.labelled() && sample.stream().map(TextExample::label).distinct().count() == 1) {
      throw new InvalidDatasetException(
          "dataset-single-class",
          "the dataset: expected texts of at least two classes to evaluate on, found only class %d"
              .formatted(sample.getFirst().label().orElseThrow()));
    }
    return sample;
  }

  /**
   * Texts to take statistics from, without labels.
   *
   * @param most how many; drawn by the seed where there are more
   * @throws InvalidDatasetException if there is none, or a row of the file cannot be used
   */
  public List<TextExample> calibration(int most) {
    Predicate<TextExample> chosen =
        shared ? e -> split.filter(s -> s.isFirst(e)).isEmpty() : e -> true;
    return draw(calibration, false, chosen, most);
  }

  private List<TextExample> draw(
      Path file, boolean labelled, Predicate<TextExample> chosen, int most) {
    Reservoir<TextExample> reservoir = new Reservoir<>(most, seed);
    new ExampleFile(file, reading.format(), reading.columns(), labelled)
        .forEach(example -> {
          if (chosen.test(example)) {
            reservoir.add(example);
          }
        });
    if (reservoir.seen() == 0) {
      throw new InvalidDatasetException(
          "dataset-too-small",
          "the dataset: expected enough texts to be split for calibration and evaluation, found too few; give a file for each");
    }
    return reservoir.sample();
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
