package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;

/** Models as ONNX Runtime's own optimiser saves them. */
public final class OptimisedModels {
  private OptimisedModels() {}

  /** Optimises a model at the level whose result other machines can load, and saves it. */
  public static Path save(Path model, Path to) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(to.toString());
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OnnxRuntime.environment().createSession(model.toString(), options).close();
      return to;
    }
  }
}
