package io.greenformers.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of shapes over x [batch, sequence, 12], and what must not be. */
final class SymbolicShapesTest {
  private static final Dim BATCH = new Dim.Named("batch");
  private static final Dim SEQUENCE = new Dim.Named("sequence");

  @TempDir Path directory;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

  @Test
  void infersTheAxisThatReshapeLeavesOpen() throws Exception {
    integers("split", 0, 0, -1, 4);
    node("Reshape", "y", "x", "split");
    assertThat(shape("y")).contains(List.of(BATCH, SEQUENCE, size(3), size(4)));
  }

  @Test
  void infersOneAxisFromAnother() throws Exception {
    integers("flat", -1, 12);
    node("Reshape", "rows", "x", "flat");
    integers("again", -1, 3, 4);
    node("Reshape", "y", "rows", "again");
    Dim rows = new Dim.Axis(new Value(0, "rows"), 0);
    assertThat(shape("y")).contains(List.of(rows, size(3), size(4)));
  }

  @Test
  void takesBackWhatAShapeIsMadeOf() throws Exception {
    node("Shape", "shape", "x");
    integers("first", 0);
    node("Gather", "batch", "shape", "first");
    integers("one", 1);
    node("Concat", "target", "batch", "one", "one").addAttribute(integer("axis", 0));
    node("Expand", "y", "x", "target");
    assertThat(shape("y")).contains(List.of(BATCH, SEQUENCE, size(12)));
  }

  @Test
  void readsMinusOneAsOneWhereExportersReplaceIt() throws Exception {
    integers("asked", 5, -1);
    integers("minus", -1, -1);
    integers("ones", 1, 1);
    node("Equal", "open", "asked", "minus");
    node("Where", "target", "open", "ones", "asked");
    node("ConstantOfShape", "y", "target");
    assertThat(shape("y")).contains(List.of(size(5), size(1)));
  }

  @Test
  void tellsASliceUpToALengthFromTheLength() throws Exception {
    graph.addInitializer(TensorProto.newBuilder().setName("table").setDataType(1));
    graph.getInitializerBuilder(0).addDims(1).addDims(3).addAllFloatData(List.of(1f, 2f, 3f));
    node("Shape", "shape", "x");
    integers("one", 1);
    integers("zero", 0);
    node("Gather", "length", "shape", "one");
    node("Slice", "y", "table", "zero", "length", "one");
    assertThat(shape("y")).contains(List.of(size(1), new Dim.AtMost(3, SEQUENCE)));
  }

  @Test
  void doesNotTakeABooleanForItsInteger() throws Exception {
    integers("five", 5);
    node("Cast", "truth", "five").addAttribute(integer("to", 9));
    integers("yes", 2);
    integers("no", 3);
    node("Where", "target", "truth", "yes", "no");
    node("ConstantOfShape", "y", "target");
    assertThat(shape("y").orElseThrow()).doesNotContain(size(2), size(3));
  }

  @Test
  void doesNotReadAMatrixOfIntegersAsAVector() throws Exception {
    integers("a", 1, 2);
    integers("axis", 1);
    node("Unsqueeze", "column", "a", "axis");
    integers("two", 2, 1);
    node("Mul", "products", "column", "two");
    OnnxModel model = model();
    SymbolicShapes shapes = SymbolicShapes.of(model, GraphIndex.of(model));
    assertThat(shapes.integers(new Value(0, "products"))).isEmpty();
  }

  @Test
  void knowsNothingWhereShapesContradictANode() throws Exception {
    node("Transpose", "t", "x")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("perm")
                .setType(AttributeType.INTS)
                .addAllInts(List.of(0L, 1L, 7L)));
    integers("axis", 9);
    node("Unsqueeze", "u", "x", "axis");
    assertThat(shape("t")).isEmpty();
    assertThat(shape("u")).isEmpty();
  }

  private Optional<List<Dim>> shape(String value) throws IOException {
    OnnxModel model = model();
    return SymbolicShapes.of(model, GraphIndex.of(model)).shape(new Value(0, value));
  }

  private OnnxModel model() throws IOException {
    ValueInfoProto.Builder x = ValueInfoProto.newBuilder().setName("x");
    TypeProto.Tensor.Builder type = x.getTypeBuilder().getTensorTypeBuilder().setElemType(1);
    type.getShapeBuilder().addDimBuilder().setDimParam("batch");
    type.getShapeBuilder().addDimBuilder().setDimParam("sequence");
    type.getShapeBuilder().addDimBuilder().setDimValue(12);
    graph.clearInput().clearOutput().addInput(x).addOutput(x);
    Path file = directory.resolve("model.onnx");
    Files.write(
        file,
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build()
            .toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private NodeProto.Builder node(String operator, String output, String... inputs) {
    return graph
        .addNodeBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private void integers(String name, long... values) {
    TensorProto.Builder tensor =
        graph.addInitializerBuilder().setName(name).setDataType(7).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
  }

  private static Dim size(long size) {
    return new Dim.Size(size);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }
}
