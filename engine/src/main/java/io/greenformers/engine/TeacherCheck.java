package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.torch.TorchTensors;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** That training computes what ONNX Runtime computes: else it would train another model. */
final class TeacherCheck {
  /** Sums in another order; bf16 has 8 bits. */
  private static final double TOLERANCE = 1e-3;

  private static final double BF16_TOLERANCE = 1e-1;

  private final StageFiles files;
  private final OnnxModel model;
  private final GraphExecutor executor;

  TeacherCheck(StageFiles files, OnnxModel model, GraphExecutor executor) {
    this.files = files;
    this.model = model;
    this.executor = executor;
  }
}
