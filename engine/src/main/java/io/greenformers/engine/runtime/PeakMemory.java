package io.greenformers.engine.runtime;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory of this process something takes at its peak, in bytes; Linux only (proc(5):
 * {@code clear_refs} resets the peak that {@code VmHWM} tells).
 */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");
  private static final String RESET_PEAK = "5";
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*(\\d+) kB");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*(\\d+) kB");

  private PeakMemory() {}

  /**
   * Runs something.
   *
   * @return by how much the resident memory grew at its peak; empty where the system does not tell
   */
  public static OptionalLong of(Runnable work) {
    OptionalLong before = reset();
    work.run();
    OptionalLong peak = kilobytes(PEAK);
    return before.isPresent() && peak.isPresent()
        ? OptionalLong.of(Math.max(0, peak.getAsLong() - before.getAsLong()) * 1024)
        : OptionalLong.empty();
  }

  /** Loads ONNX Runtime itself, which otherwise counts as memory of whichever model is first. */
  public static void warmUp(Path scratch) {
    TypeProto type =
        TypeProto.newBuilder()
            .setTensorType(
                TypeProto.Tensor.newBuilder()
                    .setElemType(DataType.FLOAT.number())
                    .setShape(TensorShapeProto.getDefaultInstance()))
            .build();
    ModelProto identity =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(
                GraphProto.newBuilder()
                    .setName("identity")
                    .addInput(ValueInfoProto.newBuilder().setName("x").setType(type))
                    .addOutput(ValueInfoProto.newBuilder().setName("y").setType(type))
                    .addNode(
                        NodeProto.newBuilder().setOpType("Identity").addInput("x").addOutput("y")))
            .build();
    try {
      Path file = Files.write(scratch.resolve("identity.onnx"), identity.toByteArray());
      ModelSession.open(file, ModelSession.Optimization.ALL).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OptionalLong reset() {
    try {
      Files.writeString(CLEAR_REFS, RESET_PEAK);
      return kilobytes(RESIDENT);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong kilobytes(Pattern field) {
    try {
      Matcher matcher = field.matcher(Files.readString(STATUS));
      return matcher.find()
          ? OptionalLong.of(Long.parseLong(matcher.group(1)))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
