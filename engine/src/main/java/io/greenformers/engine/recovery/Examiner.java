package io.greenformers.engine.recovery;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.data.TrainingSet;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.torch.Optionals;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Looks how good a student is on rows that it is not trained with. */
final class Examiner {
  private final GraphExecutor student;
  private final GraphExecutor teacher;
  private final Objective objective;
  private final TrainingSet heldOut;

  Examiner(GraphExecutor student, GraphExecutor teacher, Objective objective, TrainingSet heldOut) {
    this.student = student;
    this.teacher = teacher;
    this.objective = objective;
    this.heldOut = heldOut;
  }

  Quality examine(int epoch) {
    double loss = 0;
    long rows = 0;
    long right = 0;
    boolean classes = true;
    for (int i = 0; i < heldOut.batchesPerEpoch(); i++) {
      ModelBatch batch = heldOut.batch(0, i);
      try (Scope scope = new Scope();
          Feeds feeds = Feeds.of(batch);
          Outputs expected = teacher.infer(feeds.of(teacher), objective.wanted());
          Outputs found = student.infer(feeds.of(student), objective.wanted())) {
        loss += TorchTensors.doubles(objective.loss(found, expected, batch))[0] * batch.size();
        if (batch.targets() instanceof Targets.Classes targets) {
          right += right(found, targets, batch);
        } else {
          classes = false;
        }
      }
      rows += batch.size();
    }
    return new Quality(
        epoch, loss / rows, classes ? Optional.of((double) right / rows) : Optional.empty());
  }

  private long right(Outputs outputs, Targets.Classes targets, ModelBatch batch) {
    Optional<Tensor> scores =
        ScoreOutput.of(outputs.tensors(), targets, batch.size()).map(outputs::get);
    if (scores.isEmpty()) {
      return 0;
    }
    long[] found = TorchTensors.longs(scores.get().argmax(Optionals.integer(1), false));
    long right = 0;
    for (int i = 0; i < found.length; i++) {
      if (found[i] == (long) targets.indices().get(i)) {
        right++;
      }
    }
    return right;
  }
}
