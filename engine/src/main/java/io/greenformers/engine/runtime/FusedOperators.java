package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The operators of ONNX Runtime's own sets in a model as ONNX Runtime runs it, all optimisations
 * on.
 *
 * @param counts nodes by operator, in alphabetical order
 * @param nodes all nodes of the main graph
 */
public record FusedOperators(Map<String, Integer> counts, int nodes) {
  private static final String WEIGHTS = "weights.bin";

  public FusedOperators {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /**
   * Lets ONNX Runtime optimise a model, and counts.
   *
   * @param model the protobuf file; external data lies beside it. The optimised model, weights
   *     included, is written to a temporary directory and deleted
   * @throws UnrunnableModelException if ONNX Runtime refuses it
   */
  public static FusedOperators of(Path model) {
    try {
      Path directory = Files.createTempDirectory("optimised-");
      try {
        return count(optimise(model, directory.resolve("model.onnx")));
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelProto optimise(Path model, Path optimised) throws IOException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setOptimizedModelFilePath(optimised.toString());
      options.addConfigEntry("session.optimized_model_external_initializers_file_name", WEIGHTS);
      options.addConfigEntry("session.disable_prepacking", "1");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OnnxRuntime.environment().createSession(model.toString(), options).close();
    } catch (OrtException e) {
      throw OrtErrors.refused(e, model);
    }
    return ModelProto.parseFrom(Files.readAllBytes(optimised));
  }

  private static FusedOperators count(ModelProto model) {
    Map<String, Integer> counts = new TreeMap<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (node.getDomain().startsWith("com.microsoft")) {
        counts.merge(node.getOpType(), 1, Integer::sum);
      }
    }
    return new FusedOperators(counts, model.getGraph().getNodeCount());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
