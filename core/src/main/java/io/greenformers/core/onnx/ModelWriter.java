package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes models: one protobuf file, and one file of external data where the model had such files or
 * would pass protobuf's 2 GB.
 *
 * <p>Everything that the input said is kept, in its order. The bytes written are a canonical form
 * of our own: no location, offset or length of the input is repeated.
 */
public final class ModelWriter {
  /** Above this the weights go to a file of their own; protobuf's limit is 2³¹ − 1. */
  private static final long MOST_INLINE_BYTES = 1_900_000_000L;

  private static final int LEAST_EXTERNAL_BYTES = 1024;

  /** Runtimes map external tensors by pages. */
  private static final int PAGE_BYTES = 4096;

  private static final int SMALL_BYTES = 64 * 1024;

  private final OnnxModel model;
  private final Path directory;
  private final String dataName;
  private final boolean outline;

  private ModelWriter(OnnxModel model, Path directory, String name, boolean outline) {
    this.model = model;
    this.directory = directory;
    this.dataName = name + ".data";
    this.outline = outline;
  }

  /**
   * Writes a model.
   *
   * @param directory exists
   * @param name of the protobuf file; external data goes to {@code name.data} beside it
   * @return the files written, the protobuf file first
   * @throws UncheckedIOException if they cannot be written
   */
  public static ModelFiles write(OnnxModel model, Path directory, String name) {
    return new ModelWriter(model, directory, name, false).write(name);
  }

  /**
   * Writes a model whose large weights are zeros that take no room on disk: enough to ask a runtime
   * whether it accepts the graph, without a copy of the weights.
   *
   * @param directory exists
   * @param name of the protobuf file
   * @return the files written, the protobuf file first
   * @throws UncheckedIOException if they cannot be written
   */
  public static ModelFiles writeOutline(OnnxModel model, Path directory, String name) {
    return new ModelWriter(model, directory, name, true).write(name);
  }

  private ModelFiles write(String name) {
    long weightBytes =
        model.proto().getGraph().getInitializerList().stream().mapToLong(Tensors::bytes).sum();
    Path file = directory.resolve(name);
    Path data = directory.resolve(dataName);
    try {
      if (!outline && model.externalFiles().isEmpty() && weightBytes <= MOST_INLINE_BYTES) {
        save(rewrite(model.proto(), tensor -> tensor), file);
        return ModelFiles.of(file);
      }
      try (FileChannel channel = create(data)) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
          rewrite(model.proto(), tensor -> externalise(tensor, channel)).writeTo(out);
        }
      }
      return new ModelFiles(file, Map.of(dataName, data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void save(ModelProto proto, Path file) throws IOException {
    try (FileChannel channel = create(file)) {
      new StreamedModel(proto, model.weights()).writeTo(channel);
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  @FunctionalInterface
  private interface TensorRewrite {
    TensorProto apply(TensorProto tensor) throws IOException;
  }

  private ModelProto rewrite(ModelProto proto, TensorRewrite initializers) throws IOException {
    ModelProto.Builder built = proto.toBuilder().setGraph(rewrite(proto.getGraph(), initializers));
    for (var function : built.getFunctionsBuilderList()) {
      for (int i = 0; i < function.getNodeCount(); i++) {
        function.setNode(i, rewrite(function.getNode(i)));
      }
    }
    return built.build();
  }

  private GraphProto rewrite(GraphProto graph, TensorRewrite initializers) throws IOException {
    GraphProto.Builder built = graph.toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      built.setInitializer(i, initializers.apply(graph.getInitializer(i)));
    }
    for (var sparse : built.getSparseInitializerBuilderList()) {
      sparse.setValues(inline(sparse.getValues())).setIndices(inline(sparse.getIndices()));
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      built.setNode(i, rewrite(graph.getNode(i)));
    }
    return built.build();
  }

  /** Tensors in attributes and in nested graphs stay in the protobuf file. */
  private NodeProto rewrite(NodeProto node) throws IOException {
    if (node.getAttributeList().stream().noneMatch(ModelWriter::holdsTensors)) {
      return node;
    }
    NodeProto.Builder built = node.toBuilder();
    for (AttributeProto.Builder attribute : built.getAttributeBuilderList()) {
      if (attribute.hasT()) {
        attribute.setT(inline(attribute.getT()));
      }
      for (int i = 0; i < attribute.getTensorsCount(); i++) {
        attribute.setTensors(i, inline(attribute.getTensors(i)));
      }
      if (attribute.hasG()) {
        attribute.setG(rewrite(attribute.getG(), this::inline));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, rewrite(attribute.getGraphs(i), this::inline));
      }
    }
    return built.build();
  }

  private static boolean holdsTensors(AttributeProto attribute) {
    return attribute.hasT()
        || attribute.getTensorsCount() > 0
        || attribute.hasG()
        || attribute.getGraphsCount() > 0;
  }

  private TensorProto inline(TensorProto tensor) {
    if (tensor.getDataLocation() != DataLocation.EXTERNAL) {
      return tensor;
    }
    ByteString bytes =
        UnsafeByteOperations.unsafeWrap(model.weights().bytes(tensor).asByteBuffer());
    return tensor.toBuilder().clearExternalData().clearDataLocation().setRawData(bytes).build();
  }

  private TensorProto externalise(TensorProto tensor, FileChannel channel) throws IOException {
    if (Tensors.type(tensor) == DataType.STRING || Tensors.bytes(tensor) < LEAST_EXTERNAL_BYTES) {
      return inline(tensor);
    }
    long bytes = model.weights().bytes(tensor).byteSize();
    long alignment = bytes < SMALL_BYTES ? Long.BYTES * 8 : PAGE_BYTES;
    long offset = Math.ceilDiv(channel.size(), alignment) * alignment;
    channel.position(offset);
    if (outline && bytes >= SMALL_BYTES && Tensors.type(tensor).isFloating()) {
      // a file grows by holes
      channel.write(ByteBuffer.allocate(1), offset + bytes - 1);
    } else {
      model.weights().write(tensor, channel);
    }
    List<StringStringEntryProto> place = new ArrayList<>();
    place.add(entry("location", dataName));
    place.add(entry("offset", Long.toString(offset)));
    place.add(entry("length", Long.toString(bytes)));
    return TensorProto.newBuilder()
        .setName(tensor.getName())
        .setDocString(tensor.getDocString())
        .setDataType(tensor.getDataType())
        .addAllDims(tensor.getDimsList())
        .addAllMetadataProps(tensor.getMetadataPropsList())
        .setDataLocation(DataLocation.EXTERNAL)
        .addAllExternalData(place)
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
