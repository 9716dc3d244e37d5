package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the factors of a small BERT in real processes: batches of 15, so that shares differ. */
final class RecoverInProcessesTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");

  /** Sums in another order, and AdamW divides by what may be small; weights move by 1e-2. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path directory;

  private final Map<String, Path> artifacts = new HashMap<>();

  @BeforeEach
  void factorize() throws IOException {
    artifacts.put("original/model.onnx", BERT);
    LabelledBert.write(BERT, directory, artifacts);
    artifacts.put("data/train", artifacts.remove("data/evaluation"));
    StageRequest request = request(Stage.FACTORIZE, "1", "factorized");
    Compression.run(request, (fraction, activity) -> {})
        .artifacts()
        .forEach(name -> artifacts.put(name, request.output().resolve(name)));
  }

  @Test
  void twoProcessesTrainTheWeightsThatOneDoesAndTheSameBitsEachTime() throws IOException {
    recover("1", "one");
    recover("2", "two");
    recover("2", "again");
    Map<String, float[]> before = weights("factorized/compressed");
    Map<String, float[]> one = weights("one/recovered");
    Map<String, float[]> two = weights("two/recovered");
    assertThat(distance(before, one)).isGreaterThan(10 * TOLERANCE);
    assertThat(distance(one, two)).isCloseTo(0, within(TOLERANCE));
    assertThat(Files.mismatch(recovered("two"), recovered("again"))).isEqualTo(-1);
  }

  @Test
  void aProcessThatDiesFailsTheStageByName() {
    assertThatThrownBy(() ->
            Compression.run(
                request(Stage.RECOVER, "2", "out"),
                (fraction, activity) -> {
                  if (activity.startsWith("epoch 2")) {
                    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
                  }
                }))
        .isInstanceOf(LostProcessException.class)
        .hasMessageContaining("process 2 of 2 ended with exit status 137");
  }

  @Test
  void theOthersEndWithAStageThatIsStopped() {
    assertThatThrownBy(() ->
            Compression.run(
                request(Stage.RECOVER, "3", "out"),
                (fraction, activity) -> {
                  if (activity.startsWith("epoch 1")) {
                    throw new StageCancelledException();
                  }
                }))
        .isInstanceOf(StageCancelledException.class);
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private void recover(String processes, String output) throws IOException {
    Compression.run(request(Stage.RECOVER, processes, output), (fraction, activity) -> {});
  }

  private Path recovered(String output) {
    return directory.resolve(output).resolve("recovered/model.onnx");
  }

  private static double distance(Map<String, float[]> one, Map<String, float[]> other) {
    double largest = 0;
    for (Map.Entry<String, float[]> weight : one.entrySet()) {
      float[] same = Objects.requireNonNull(other.get(weight.getKey()));
      for (int i = 0; i < same.length; i++) {
        largest = Math.max(largest, Math.abs(weight.getValue()[i] - same[i]));
      }
    }
    return largest;
  }

  private Map<String, float[]> weights(String folder) throws IOException {
    OnnxModel model =
        ModelReader.read(
            ModelFiles.of(directory.resolve(folder).resolve("model.onnx")),
            Files.createTempDirectory(directory, "read"));
    Map<String, float[]> weights = new LinkedHashMap<>();
    try (WeightStore store = model.weights()) {
      for (TensorProto tensor : model.proto().getGraph().getInitializerList()) {
        MemorySegment bytes = store.bytes(tensor);
        if (Tensors.type(tensor) == DataType.FLOAT) {
          weights.put(tensor.getName(), bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        }
      }
    }
    return weights;
  }

  private StageRequest request(Stage stage, String processes, String output) throws IOException {
    String json =
        """
        {"model": "m", "solver": "svd",
         "ranks": {"policy": "uniform", "ratio": 0.25, "multipleOf": 1, "neverSlower": false},
         "data": {"train": "t", "tokenizer": "t", "columns": {"label": "label"}},
         "recovery": {"epochs": 3, "learningRate": 0.001, "batchSize": 15, "labels": 0.3,
                      "distillation": {"hidden": 0.1}, "weights": "factors", "processes": %s},
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """
            .formatted(processes);
    return new StageRequest(
        stage,
        RequestDocument.parseJson(json),
        artifacts,
        Files.createDirectories(directory.resolve(output)));
  }
}
