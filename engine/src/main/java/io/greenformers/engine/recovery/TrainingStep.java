package io.greenformers.engine.recovery;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.torch.OutOfMemory;
import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * One step of the optimizer on a batch. Where a batch does not fit the memory it is gone through in
 * parts, whose gradients add up: twice as many whenever one does not fit, and from then on.
 */
final class TrainingStep {
  private final GraphExecutor student;
  private final GraphExecutor teacher;
  private final Objective objective;
  private final AdamW optimizer;
  private final Peers peers;
  private final SharedGradients gradients;
  private int parts;

  /**
   * Prepares.
   *
   * @param parts that every batch is gone through in at first
   */
  TrainingStep(Training.Parts models, AdamW optimizer, int parts) {
    this.student = models.student();
    this.teacher = models.teacher();
    this.peers = models.peers();
    this.objective = models.objective().among(peers);
    this.optimizer = optimizer;
    this.gradients = new SharedGradients(peers, student.parameters().values());
    this.parts = parts;
  }

  /**
   * Steps, unless the loss is no number.
   *
   * @param whole what all processes share
   * @return the loss before the step: its mean over the rows
   * @throws UntrainableException if there is not even memory for one row
   */
  double run(ModelBatch whole, double rate) {
    double loss = differentiate(whole);
    if (Double.isFinite(loss)) {
      gradients.sum();
      optimizer.clip();
      optimizer.step(rate);
    }
    return loss;
  }

  private double differentiate(ModelBatch whole) {
    ModelBatch batch = whole.share(peers.rank(), peers.size());
    // as many in all processes: each waits for the others in every part
    int most = Math.max(1, whole.size() / peers.size());
    while (true) {
      try {
        return differentiate(batch, Math.min(parts, most));
      } catch (RuntimeException e) {
        if (!OutOfMemory.isCauseOf(e) || peers.size() > 1) {
          throw e;
        }
        if (parts >= most) {
          throw new UntrainableException(
              "recovery: expected memory to train with one row at a time, found too little; allow more, train fewer weights (recovery.weights: factors), or shorten the rows (data.maxLength)");
        }
        optimizer.dropGradients();
        parts *= 2;
        System.err.println("a batch did not fit the memory: it is gone through in " + parts);
      }
    }
  }

  private double differentiate(ModelBatch batch, int count) {
    double loss = 0;
    for (int i = 0; i < count; i++) {
      ModelBatch part = batch.share(i, count);
      double share = (double) part.size() / batch.size();
      loss += share * differentiate(part, share);
    }
    return loss;
  }

  private double differentiate(ModelBatch batch, double share) {
    try (Scope scope = new Scope();
        Feeds feeds = Feeds.of(batch);
        Outputs expected = teacher.infer(feeds.of(teacher), objective.wanted());
        Outputs found = student.run(feeds.of(student), objective.wanted())) {
      Tensor loss = objective.loss(found, expected, batch);
      double value = peers.sum(TorchTensors.doubles(loss)[0]);
      if (Double.isFinite(value)) {
        (share == 1 ? loss : loss.mul(new Scalar(share))).backward();
      }
      return value;
    }
  }
}
