package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextColumns;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.TextTask;
import io.greenformers.engine.evaluation.Accuracy;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A real classifier on real sentences: its accuracy was counted by another program. */
final class SharedClassifierTest {
  private static final Path SHARED = Path.of("..", "..", "shared");
  private static final int MAX_LENGTH = 64;
  private static final int RIGHT = 757;
  private static final int SENTENCES = 872;

  @Test
  void classifiesAsManySentencesRightAsElsewhere() {
    Path folder = SHARED.resolve("models/sst2-minilm");
    Path dev = SHARED.resolve("data/sst2/dev.tsv");
    Assumptions.assumeTrue(
        Files.exists(folder) && Files.exists(dev),
        "skipped: the classifier and its sentences are not on this machine");
    ExampleSets<TextExample> sets =
        ExampleSets.ofTexts(
            new ExampleSets.Sources(
                Optional.of(SHARED.resolve("data/sst2/train.tsv")),
                Optional.of(dev),
                Optional.empty()),
            new ExampleSets.Reading(Optional.empty(), TextColumns.GUESSED, TextTask.CLASSIFICATION),
            0);
    try (ModelSession session = ModelSession.open(folder.resolve("model.onnx"), Optimization.ALL)) {
      List<TextBatch> batches =
          new TextBatches(session.inputs(), Map.of())
              .of(sets.evaluation(10_000, true), folder.resolve("tokenizer.json"), MAX_LENGTH);
      Accuracy accuracy = Accuracy.of(session, batches);
      assertThat(accuracy.samples()).isEqualTo(SENTENCES);
      assertThat(accuracy.right()).isEqualTo(RIGHT);
    }
  }
}
