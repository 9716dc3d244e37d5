package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.op.ExecutorSettings;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.recovery.Checkpoints;
import io.greenformers.engine.recovery.MatchedValues;
import io.greenformers.engine.recovery.Objective;
import io.greenformers.engine.recovery.RecoveredModel;
import io.greenformers.engine.recovery.RecoverySettings;
import io.greenformers.engine.recovery.TeacherCheck;
import io.greenformers.engine.recovery.Training;
import io.greenformers.engine.recovery.TrainingSummary;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.Torch;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Recovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Trains the compressed model with the original as its teacher. */
final class RecoverStage {
  private static final int BATCH = 16;

  /** No more than a minute is lost with a process that dies. */
  private static final Duration BETWEEN_CHECKPOINTS =
      Duration.ofMillis(Long.getLong("greenformers.engine.checkpointMillis", 45_000));

  private final CompressionRequest request;
  private final Recovery recovery;
  private final StageFiles files;
  private final StageExamples<?> examples;
  private final StageContext context;
  private final TrainingChoices choices;
  private final StageRequest stage;

  RecoverStage(StageRequest stage, StageContext context) {
    this.stage = stage;
    this.request = stage.request();
    this.recovery = request.recovery().orElseThrow();
    this.files = new StageFiles(stage);
    this.examples = StageExamples.of(stage, files).orElseThrow();
    this.context = context;
    this.choices = TrainingChoices.of(recovery);
  }

  ChildMessage.Result run() {
    context.progress(0, "reading the models and the training set");
    OnnxModel original = files.read("original");
    OnnxModel compressed = files.read("compressed");
    try (WeightStore first = original.weights();
        WeightStore second = compressed.weights()) {
      StageExamples.Training data = data(original);
      // what one process checks holds for all of its machine
      if (PeerSeat.configured().isEmpty()) {
        check(original, data);
      }
      Torch.seed(request.seed());
      try (TrainingGroup group = TrainingGroup.join(stage, choices, files.scratch("group"))) {
        return group.together(peers -> train(peers, data, original, compressed));
      }
    }
  }

  private ChildMessage.Result train(
      Peers peers, StageExamples.Training data, OnnxModel original, OnnxModel compressed) {
    GraphIndex teacherIndex = GraphIndex.of(original);
    GraphIndex studentIndex = GraphIndex.of(compressed);
    ExecutorSettings inference = ExecutorSettings.inference(choices.device()).as(choices.type());
    Set<String> trained = TrainedNames.of(recovery, compressed, studentIndex, original);
    try (GraphExecutor teacher = GraphExecutor.of(original, inference);
        GraphExecutor student =
            GraphExecutor.of(compressed, inference.training(trained::contains))) {
      Objective objective =
          new Objective(
              choices.losses(),
              teacher.outputs(),
              MatchedValues.of(studentIndex, teacherIndex),
              choices.device());
      Training.Parts parts =
          new Training.Parts(student, teacher, objective, data.batches(), data.heldOut(), peers);
      return train(parts, choices.settings().inParts(data.parts()), original, compressed);
    }
  }

  /** In fp32, whatever is trained in. */
  private void check(OnnxModel original, StageExamples.Training data) {
    context.progress(0.02, "comparing with ONNX Runtime");
    try (ModelSession session =
            ModelSession.open(files.canonical(original, "teacher"), Optimization.ALL);
        GraphExecutor teacher =
            GraphExecutor.of(original, ExecutorSettings.inference(choices.device()))) {
      TeacherCheck.agree(teacher, session, data.heldOut().batch(0, 0))
          .ifPresent(classes -> {
            data.batches().requireLabelsBelow(classes);
            data.heldOut().requireLabelsBelow(classes);
          });
    }
  }

  private StageExamples.Training data(OnnxModel original) {
    try (ModelSession session = ModelSession.open(files.outline(original), Optimization.NONE)) {
      return examples.training(
          new Signature(session.inputs(), TokenBounds.of(GraphIndex.of(original))),
          recovery.batchSize().orElse(BATCH));
    }
  }

  private ChildMessage.Result train(
      Training.Parts parts, RecoverySettings settings, OnnxModel original, OnnxModel compressed) {
    Optional<Checkpoints> checkpoints =
        files
            .checkpoint(original, compressed)
            .map(file -> new Checkpoints(file, BETWEEN_CHECKPOINTS));
    try (Training training = new Training(parts, settings, checkpoints)) {
      StageContext part = context.part(0.05, 0.95);
      TrainingSummary summary = training.run(part::progress);
      return parts.peers().isFirst()
          ? write(summary, parts.student(), original, compressed)
          : new ChildMessage.Result(true, "", List.of());
    }
  }

  private ChildMessage.Result write(
      TrainingSummary summary, GraphExecutor student, OnnxModel original, OnnxModel compressed) {
    context.progress(0.97, "writing the trained model");
    CompressedModel written =
        CompressedModel.write(
            original,
            RecoveredModel.of(compressed, student),
            request.storage().dense(),
            "recovered",
            files);
    files.write(
        "recovery.json", new Documents.Recovery(1, written.size(), choices.figures(summary)));
    List<String> artifacts = new ArrayList<>(List.of("recovery.json"));
    artifacts.addAll(written.artifacts());
    return new ChildMessage.Result(true, "", artifacts);
  }
}
