package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.NpzWriter;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.data.TensorBatch;
import io.greenformers.engine.data.TensorBatches;
import io.greenformers.engine.data.TensorReading;
import io.greenformers.engine.data.TensorRow;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextColumns;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.data.TextTask;
import io.greenformers.engine.evaluation.Accuracy;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real classifier on real sentences: its accuracy was counted by another program. */
final class SharedClassifierTest {
  private static final Path SHARED = Path.of("..", "..", "shared");
  private static final int MAX_LENGTH = 64;
  private static final int RIGHT = 757;
  private static final int SENTENCES = 872;

  @TempDir Path directory;

  @Test
  void classifiesAsManySentencesRightAsElsewhereAlsoAsReadyTensors() throws Exception {
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
      assertIsRight(Accuracy.of(session, batches));
      assertIsRight(Accuracy.of(session, tensors(batches, session)));
    }
  }

  private static void assertIsRight(Accuracy accuracy) {
    assertThat(accuracy.samples()).isEqualTo(SENTENCES);
    assertThat(accuracy.right()).isEqualTo(RIGHT);
  }

  /** The same sentences as ready tensors in a file, all padded to one length. */
  private List<TensorBatch> tensors(List<TextBatch> batches, ModelSession session)
      throws IOException {
    long[] ids = new long[SENTENCES * MAX_LENGTH];
    long[] mask = new long[SENTENCES * MAX_LENGTH];
    long[] labels = new long[SENTENCES];
    int row = 0;
    for (TextBatch batch : batches) {
      Tensor tokens = Objects.requireNonNull(batch.inputs().get("input_ids"));
      Tensor classes = ((Targets.Classes) batch.targets()).indices();
      for (int i = 0; i < batch.size(); i++, row++) {
        labels[row] = (long) classes.get(i);
        for (int t = 0; t < batch.sequence(); t++) {
          ids[row * MAX_LENGTH + t] = (long) tokens.get(i * batch.sequence() + t);
          mask[row * MAX_LENGTH + t] = (long) batch.attentionMask().get(i * batch.sequence() + t);
        }
      }
    }
    List<Long> shape = List.of((long) SENTENCES, (long) MAX_LENGTH);
    Path file =
        NpzWriter.write(
            directory.resolve("dev.npz"),
            Map.of(
                "input_ids", NpzWriter.longs(shape, ids),
                "attention_mask", NpzWriter.longs(shape, mask),
                "sentiment", NpzWriter.longs(List.of((long) SENTENCES), labels)));
    Signature signature = new Signature(session.inputs(), Map.of());
    ExampleSets<TensorRow> sets =
        ExampleSets.ofTensors(
            new ExampleSets.Sources(Optional.empty(), Optional.of(file), Optional.empty()),
            new TensorReading(Optional.empty(), Optional.of("sentiment"), signature, directory),
            0);
    return TensorBatches.of(sets.toEvaluate().evaluation(10_000, true), signature);
  }
}
