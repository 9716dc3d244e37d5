package io.greenformers.core.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.ModelProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads models and refuses the ones that are not valid.
 *
 * <p>The protobuf file is mapped, and large {@code raw_data} of tensors stays in it, see {@link
 * WeightSkim}: a 90 MB model takes a few MB of heap. Nothing is allocated by a size that the file
 * merely claims.
 */
public final class ModelReader {
  /** Protobuf's own limit for one message. */
  private static final long MOST_BYTES = Integer.MAX_VALUE;

  /** A graph in a graph takes three messages: graph, node, attribute. */
  private static final int MOST_NESTED_MESSAGES = 3 * ModelCheck.MOST_NESTED_GRAPHS + 16;

  private ModelReader() {}

  /**
   * Reads and validates a model; nodes that are out of order are sorted.
   *
   * @param scratchDirectory where weights that are computed later are kept; see {@link WeightStore}
   * @return the model, whose weight store the caller closes
   * @throws InvalidModelException if the model is not valid ONNX, with the fault and where it is
   */
  public static OnnxModel read(ModelFiles files, Path scratchDirectory) {
    ModelProto proto = parse(files.model());
    try {
      WeightStore weights = new WeightStore(files, scratchDirectory);
      try {
        ModelProto checked = ModelCheck.check(proto, weights);
        long bytes = ModelFiles.size(files.model()) + weights.referencedBytes();
        return new OnnxModel(checked, weights, weights.referencedFiles(), bytes);
      } catch (Throwable e) {
        weights.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelProto parse(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size == 0) {
        throw new InvalidModelException(
            Fault.MALFORMED, "the model file is empty; expected an ONNX model");
      }
      if (size > MOST_BYTES) {
        throw new InvalidModelException(
            Fault.TOO_LARGE,
            "the model file has %d bytes; expected at most %d; export it with external data"
                .formatted(size, MOST_BYTES));
      }
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, size);
      CodedInputStream in = WeightSkim.of(buffer, MOST_NESTED_MESSAGES).newCodedInput();
      in.setRecursionLimit(MOST_NESTED_MESSAGES);
      return ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidModelException(
          Fault.MALFORMED,
          "the model file is not an ONNX model, or is cut short: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
