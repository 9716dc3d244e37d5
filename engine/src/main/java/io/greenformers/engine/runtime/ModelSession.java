package io.greenformers.engine.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model that is loaded in ONNX Runtime, on the CPU. Holds native memory until closed; not
 * thread-safe.
 */
public final class ModelSession implements AutoCloseable {
  /** A model may loop for ever; no model worth serving takes this long for one input. */
  private static final Duration LONGEST_RUN = Duration.ofSeconds(60);

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  private ModelSession(OrtSession session) {
    this.session = session;
  }

  /** How much ONNX Runtime may rewrite the graph that it loads. */
  public enum Optimization {
    NONE,
    /** As a server would run it. */
    ALL
  }

  /**
   * Loads a model.
   *
   * @param model the protobuf file; external data lies beside it
   * @throws UnrunnableModelException if ONNX Runtime refuses it
   */
  public static ModelSession open(Path model, Optimization optimization) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(
          optimization == Optimization.ALL
              ? OrtSession.SessionOptions.OptLevel.ALL_OPT
              : OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      // threads of a session that waits must not spin against the other session's
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      return new ModelSession(environment.createSession(model.toString(), options));
    } catch (OrtException e) {
      throw new UnrunnableModelException(
          "ONNX Runtime does not accept the model: " + withoutPath(e, model), e);
    }
  }

  /** The version of ONNX Runtime. */
  public static String runtimeVersion() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  /** The inputs that a caller must give. */
  public List<InputSpec> inputs() {
    try {
      return session.getInputInfo().values().stream().map(ModelSession::spec).toList();
    } catch (OrtException e) {
      throw new UnrunnableModelException("the inputs cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Runs the model.
   *
   * @param inputs by name
   * @return the tensor outputs by name, copied out of the session
   * @throws UnrunnableModelException if ONNX Runtime fails on them
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return run(inputs, session.getOutputNames());
  }

  private Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> names) {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        fed.put(input.getKey(), feed(input.getValue()));
      }
      try (OrtSession.RunOptions options = new OrtSession.RunOptions();
          RunLimit limit = new RunLimit(options, LONGEST_RUN);
          OrtSession.Result result = session.run(fed, names, options)) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          if (output.getValue() instanceof OnnxTensor tensor) {
            outputs.put(output.getKey(), copy(tensor));
          }
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw new UnrunnableModelException("ONNX Runtime fails on the input: " + e.getMessage(), e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new UnrunnableModelException("the session does not close: " + e.getMessage(), e);
    }
  }

  private OnnxTensor feed(Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return OnnxTensor.createTensor(
        environment,
        tensor.bytes().duplicate().order(ByteOrder.nativeOrder()),
        shape,
        tensor.type().java());
  }

  private static Tensor copy(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    ByteBuffer source = tensor.getByteBuffer();
    ByteBuffer bytes = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
    bytes.put(source).flip();
    List<Long> shape = new ArrayList<>();
    for (long size : info.getShape()) {
      shape.add(size);
    }
    return new Tensor(ElementType.of(info.onnxType), shape, bytes);
  }

  private static InputSpec spec(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new UnrunnableModelException(
          "input '%s' is not a tensor; only tensors can be fed".formatted(node.getName()));
    }
    List<Dimension> shape = new ArrayList<>();
    for (int i = 0; i < info.getShape().length; i++) {
      long size = info.getShape()[i];
      shape.add(
          size >= 0
              ? new Dimension.Fixed(size)
              : new Dimension.Dynamic(info.getDimensionNames()[i]));
    }
    return new InputSpec(node.getName(), ElementType.of(info.onnxType), shape);
  }

  private static String withoutPath(OrtException e, Path model) {
    return String.valueOf(e.getMessage()).replace(model.toString(), "the model");
  }
}
