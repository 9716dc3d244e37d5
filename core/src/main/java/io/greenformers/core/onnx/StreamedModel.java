package io.greenformers.core.onnx;

import com.google.protobuf.CodedOutputStream;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorProto.DataLocation;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/**
 * A model as one protobuf message, whose initializers go from the weight store to the file without
 * coming to the heap.
 */
record StreamedModel(ModelProto model, WeightStore weights) {
  private static final int LENGTH_DELIMITED = 2;
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Writes the message at the channel's position.
   *
   * @throws ArithmeticException if it passes protobuf's 2 GB
   */
  void writeTo(FileChannel file) throws IOException {
    CodedOutputStream out =
        CodedOutputStream.newInstance(Channels.newOutputStream(file), BUFFER_BYTES);
    GraphProto graph = model.getGraph();
    GraphProto rest = graph.toBuilder().clearInitializer().build();
    long size = rest.getSerializedSize();
    for (TensorProto tensor : graph.getInitializerList()) {
      size += fieldSize(GraphProto.INITIALIZER_FIELD_NUMBER, size(tensor));
    }
    model.toBuilder().clearGraph().build().writeTo(out);
    header(ModelProto.GRAPH_FIELD_NUMBER, Math.toIntExact(size), out);
    rest.writeTo(out);
    for (TensorProto tensor : graph.getInitializerList()) {
      header(GraphProto.INITIALIZER_FIELD_NUMBER, Math.toIntExact(size(tensor)), out);
      write(tensor, out, file);
      weights.release(tensor);
    }
    out.flush();
  }

  private void write(TensorProto tensor, CodedOutputStream out, FileChannel file)
      throws IOException {
    if (tensor.getDataLocation() != DataLocation.EXTERNAL) {
      tensor.writeTo(out);
      return;
    }
    head(tensor).writeTo(out);
    header(TensorProto.RAW_DATA_FIELD_NUMBER, Math.toIntExact(Tensors.bytes(tensor)), out);
    out.flush();
    weights.write(tensor, file);
  }

  private static long size(TensorProto tensor) {
    return tensor.getDataLocation() == DataLocation.EXTERNAL
        ? head(tensor).getSerializedSize()
            + fieldSize(TensorProto.RAW_DATA_FIELD_NUMBER, Tensors.bytes(tensor))
        : tensor.getSerializedSize();
  }

  private static TensorProto head(TensorProto tensor) {
    return tensor.toBuilder().clearExternalData().clearDataLocation().clearRawData().build();
  }

  private static long fieldSize(int number, long bytes) {
    return CodedOutputStream.computeTagSize(number)
        + CodedOutputStream.computeUInt64SizeNoTag(bytes)
        + bytes;
  }

  private static void header(int number, int bytes, CodedOutputStream out) throws IOException {
    out.writeTag(number, LENGTH_DELIMITED);
    out.writeUInt32NoTag(bytes);
  }
}
