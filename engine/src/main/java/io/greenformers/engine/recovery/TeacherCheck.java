package io.greenformers.engine.recovery;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** That training computes what ONNX Runtime computes: else it would train another model. */
public final class TeacherCheck {
  /** Sums are in another order. */
  private static final double TOLERANCE = 1e-3;

  private TeacherCheck() {}

  /**
   * Compares the outputs of a batch.
   *
   * @param teacher on libtorch, in fp32
   * @param session of the same model
   * @return how many classes the model has, where the batch's targets are classes
   * @throws UntrainableException if they differ
   */
  public static OptionalInt agree(GraphExecutor teacher, ModelSession session, ModelBatch batch) {
    Map<String, Tensor> expected = session.run(batch.inputs());
    try (Scope scope = new Scope();
        Feeds feeds = Feeds.of(batch);
        Outputs outputs = teacher.infer(feeds.of(teacher), teacher.outputs())) {
      Map<String, Tensor> found = new HashMap<>();
      outputs.tensors().forEach((name, tensor) -> found.put(name, TorchTensors.copy(tensor)));
      Parity parity = Parity.NONE.with(expected, found);
      if (!parity.within(TOLERANCE)) {
        throw new UntrainableException(
            "recovery: expected the training engine to compute what ONNX Runtime computes, found outputs that differ by %.2g of the largest; nothing was trained; please report this model"
                .formatted(parity.maxRelative()));
      }
      return classes(outputs, batch);
    }
  }

  private static OptionalInt classes(Outputs outputs, ModelBatch batch) {
    if (batch.targets() instanceof Targets.None || batch.targets() instanceof Targets.Values) {
      return OptionalInt.empty();
    }
    Optional<String> scores = ScoreOutput.of(outputs.tensors(), batch.targets(), batch.size());
    return scores.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(last(outputs.get(scores.get()))));
  }

  private static long last(org.bytedeco.pytorch.Tensor tensor) {
    return tensor.size(tensor.dim() - 1);
  }
}
