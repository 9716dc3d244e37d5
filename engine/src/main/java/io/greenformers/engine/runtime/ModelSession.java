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
import java.util.function.Consumer;

/**
 * A model that is loaded in ONNX Runtime, on the CPU. Holds native memory until closed; not
 * thread-safe.
 */
public final class ModelSession implements AutoCloseable {
  private final OrtSession session;
  private final Duration runLimit;

  private ModelSession(OrtSession session, Duration runLimit) {
    this.session = session;
    this.runLimit = runLimit;
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
    return open(model, optimization, RunLimit.configured());
  }

  static ModelSession open(Path model, Optimization optimization, Duration runLimit) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(
          optimization == Optimization.ALL
              ? OrtSession.SessionOptions.OptLevel.ALL_OPT
              : OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      if (optimization == Optimization.NONE) {
        // runs a few times at most: packing every weight for speed costs more than it saves
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      // threads of a session that waits must not spin against the other session's
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtEnvironment environment = OnnxRuntime.environment();
      return new ModelSession(environment.createSession(model.toString(), options), runLimit);
    } catch (OrtException e) {
      throw OrtErrors.refused(e, model);
    }
  }

  /**
   * Loads ONNX Runtime's libraries while the caller goes on; the first session finds them there.
   */
  public static void prepare() {
    Thread.ofPlatform().daemon().name("prepare-runtime").start(OnnxRuntime::environment);
  }

  /** The version of ONNX Runtime. */
  public static String runtimeVersion() {
    return OnnxRuntime.environment().getVersion();
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
   * @throws RunLimitException if the run takes longer than a run may take
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    try (Feed feed = Feed.of(inputs)) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      read(feed, borrowed -> borrowed.forEach((name, tensor) -> outputs.put(name, tensor.copy())));
      return outputs;
    }
  }

  /**
   * Runs the model and lends its outputs, which need not be copied then.
   *
   * @param reader is given the tensor outputs by name; they are gone when it returns
   * @throws UnrunnableModelException if ONNX Runtime fails on the inputs
   * @throws RunLimitException if the run takes longer than a run may take
   */
  public void read(Feed feed, Consumer<Map<String, Tensor>> reader) {
    try (OrtSession.RunOptions options = new OrtSession.RunOptions();
        RunLimit limit = new RunLimit(options, runLimit);
        OrtSession.Result result = run(feed, options, limit)) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue() instanceof OnnxTensor tensor) {
          outputs.put(output.getKey(), view(tensor));
        }
      }
      reader.accept(outputs);
    } catch (OrtException e) {
      throw OrtErrors.failed(e);
    }
  }

  /**
   * Times one run, and nothing but it: inputs are ready before, outputs are freed after.
   *
   * @return nanoseconds
   * @throws UnrunnableModelException if ONNX Runtime fails on the inputs
   * @throws RunLimitException if the run takes longer than a run may take
   */
  public long time(Feed feed) {
    try (OrtSession.RunOptions options = new OrtSession.RunOptions();
        RunLimit limit = new RunLimit(options, runLimit)) {
      long start = System.nanoTime();
      OrtSession.Result result = run(feed, options, limit);
      long nanoseconds = System.nanoTime() - start;
      result.close();
      return nanoseconds;
    } catch (OrtException e) {
      throw OrtErrors.failed(e);
    }
  }

  private OrtSession.Result run(Feed feed, OrtSession.RunOptions options, RunLimit limit) {
    try {
      return session.run(feed.tensors(), session.getOutputNames(), options);
    } catch (OrtException e) {
      throw limit.explain(e);
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

  private static Tensor view(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    List<Long> shape = new ArrayList<>();
    for (long size : info.getShape()) {
      shape.add(size);
    }
    ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
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
}
