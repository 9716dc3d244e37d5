package io.greenformers.core.onnx;

import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import java.util.List;

/**
 * A valid model: its graph on the heap, its weights in mapped files.
 *
 * <p>Immutable; {@link GraphEditor} makes new ones. The weights may be read as long as the {@link
 * WeightStore} is open.
 *
 * @param proto the graph, nodes in topological order; large tensors are seen through {@code
 *     weights}
 * @param weights where the bytes of tensors are
 * @param externalFiles the given files that tensors refer to, by location, in order
 * @param fileBytes of the protobuf file and every external file that it refers to, as they were
 *     given
 */
public record OnnxModel(
    ModelProto proto, WeightStore weights, List<String> externalFiles, long fileBytes) {
  public OnnxModel {
    externalFiles = List.copyOf(externalFiles);
  }

  /** The version of the default operator set. */
  public long opset() {
    return proto.getOpsetImportList().stream()
        .filter(o -> Domains.isDefault(o.getDomain()))
        .mapToLong(OperatorSetIdProto::getVersion)
        .findFirst()
        .orElseThrow();
  }

  /** Whether initializers are listed among the inputs, as IR version 3 demands. */
  public boolean initializersAreInputs() {
    return proto.getIrVersion() < 4;
  }

  OnnxModel with(ModelProto changed) {
    return new OnnxModel(changed, weights, externalFiles, fileBytes);
  }
}
