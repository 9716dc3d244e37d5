package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small BERT, with so little memory allowed that it counts as large. */
final class LargeModelTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final MemoryBound LITTLE = new MemoryBound(1 << 16);
  private static final MemoryBound AMPLE = new MemoryBound(1L << 32);

  @TempDir Path output;

  private final Map<String, Path> artifacts = new HashMap<>(Map.of("original/model.onnx", BERT));

  @Test
  void isProvenSiteBySiteAndWrittenWithoutBeingRun() throws Exception {
    factorize("{\"ranks\": {\"policy\": \"full\"}");
    JsonNode factorization =
        new JsonMapper().readTree(output.resolve("factorization.json").toFile());
    assertThat(factorization.get("parity").get("maxRelative").asDouble()).isBetween(1e-9, 1e-4);
    assertThat(factorization.get("plan").get("remarks").get(0).asString()).contains("site by site");
    assertThat(factorization.get("sites").valueStream().map(s -> s.get("decision").asString()))
        .contains("factorize");
    assertThat(similarity(output.resolve("compressed/model.onnx"))).isGreaterThan(0.99999);
  }

  @Test
  void isInspectedWithoutItsWeights() throws Exception {
    new InspectStage(inspection(), (fraction, activity) -> {}, AMPLE).run();
    String whole = Files.readString(output.resolve("inspection.json"));
    new InspectStage(inspection(), (fraction, activity) -> {}, LITTLE).run();
    assertThat(output.resolve("inspection.json")).hasContent(whole);
  }

  private StageRequest inspection() {
    return request(Stage.INSPECT, "{\"ranks\": {\"policy\": \"full\"}");
  }

  @Test
  void aBoundThatNeedsItToRunDoesNotHold() throws Exception {
    factorize("{\"budget\": {\"sizeRatio\": 0.9, \"latencyRatio\": 5}");
    ChildMessage.Result result =
        new EvaluateStage(
                request(Stage.EVALUATE, "{\"budget\": {\"sizeRatio\": 0.9, \"latencyRatio\": 5}"),
                (fraction, activity) -> {},
                LITTLE)
            .run();
    assertThat(result.bound()).isEqualTo("latencyRatio");
    JsonNode report = new JsonMapper().readTree(output.resolve("report.json").toFile());
    assertThat(report.has("fidelity")).isFalse();
    assertThat(Files.readString(output.resolve("report.html")))
        .contains("Outputs were not compared");
  }

  @Test
  void textsCannotBeCalibratedOn() {
    assertThatThrownBy(() ->
            factorize(
                "{\"solver\": \"activation-aware\", \"budget\": {\"sizeRatio\": 0.7}, \"data\": {\"train\": \"t\", \"tokenizer\": \"t\"}"))
        .isInstanceOf(UnavailableSolverException.class)
        .hasMessageContaining("within the memory");
  }

  @Test
  void trainingIsRefusedBeforeAnythingIsFactorized() {
    assertThatThrownBy(() ->
            factorize(
                "{\"budget\": {\"sizeRatio\": 0.7}, \"recovery\": {}, \"data\": {\"train\": \"t\", \"tokenizer\": \"t\"}"))
        .isInstanceOf(UntrainableException.class)
        .hasMessageContaining("within the memory");
  }

  @Test
  void whatOneAttemptFinishedTheNextTakesOver() throws Exception {
    SvdSolver failing =
        (matrix, weighting, most) -> {
          throw new AssertionError("decomposed again");
        };
    Map<Site, Decomposition> first =
        decompose(SvdSolver.best(), "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}");
    Map<Site, Decomposition> second =
        decompose(failing, "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}");
    assertThat(second.keySet().stream().map(Site::name).toList())
        .isEqualTo(first.keySet().stream().map(Site::name).toList())
        .isNotEmpty();
    List<Double> energies = energies(first);
    assertThat(energies(second)).isEqualTo(energies);
  }

  @Test
  void whatAnotherRequestFinishedIsNotTakenOver() throws Exception {
    decompose(SvdSolver.best(), "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}");
    int[] decomposed = {0};
    SvdSolver counting =
        (matrix, weighting, most) -> {
          synchronized (decomposed) {
            decomposed[0]++;
          }
          return SvdSolver.best().decompose(matrix, weighting, most);
        };
    assertThat(decompose(counting, "{\"seed\": 2, \"ranks\": {\"policy\": \"full\"}"))
        .hasSize(decomposed[0]);
  }

  @Test
  void aDamagedFileIsDoneAgain() throws Exception {
    Map<Site, Decomposition> first =
        decompose(SvdSolver.best(), "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}");
    try (Stream<Path> files = Files.walk(output.resolve("work"))) {
      Path file = files.filter(f -> f.toString().endsWith(".site")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
    int[] decomposed = {0};
    SvdSolver counting =
        (matrix, weighting, most) -> {
          decomposed[0]++;
          return SvdSolver.best().decompose(matrix, weighting, most);
        };
    assertThat(energies(decompose(counting, "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}")))
        .isEqualTo(energies(first));
    assertThat(decomposed[0]).isEqualTo(1);
  }

  private static List<Double> energies(Map<Site, Decomposition> decompositions) {
    return decompositions.values().stream().map(d -> d.retainedEnergy(8)).toList();
  }

  private Map<Site, Decomposition> decompose(SvdSolver solver, String request) {
    StageFiles files = new StageFiles(request(Stage.FACTORIZE, request), 0);
    OnnxModel model = files.read("original");
    try (WeightStore weights = model.weights()) {
      Subject subject =
          Subject.of(
              model,
              Requests.filter(request(Stage.FACTORIZE, request).request().ranks()),
              files,
              AMPLE);
      return new Decomposer(
              subject,
              files,
              new FactorSource(weights, solver),
              new SiteStatistics.None(),
              Optional.empty(),
              AMPLE)
          .decompose(subject.open(), site -> Integer.MAX_VALUE, (fraction, activity) -> {})
          .decompositions();
    }
  }

  private void factorize(String request) {
    ChildMessage.Result result =
        new FactorizeStage(request(Stage.FACTORIZE, request), (fraction, activity) -> {}, LITTLE)
            .run();
    result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
  }

  private StageRequest request(Stage stage, String fields) {
    String json =
        fields
            + ", \"model\": \"m\", \"evaluation\": {\"latency\": {\"batchSizes\": [2], \"sequenceLengths\": [8]}}}";
    return new StageRequest(
        stage,
        RequestDocument.parseJson(json),
        artifacts,
        output,
        Optional.of(output.resolve("work")));
  }

  private double similarity(Path compressed) throws IOException {
    Path copy = Files.copy(BERT, output.resolve("original.onnx"));
    StageFiles files =
        new StageFiles(request(Stage.EVALUATE, "{\"seed\": 1, \"ranks\": {\"policy\": \"full\"}"));
    OnnxModel model = files.read("original");
    try (WeightStore ignored = model.weights();
        ModelSession original = ModelSession.open(copy, Optimization.ALL);
        ModelSession other = ModelSession.open(compressed, Optimization.ALL)) {
      Map<String, Tensor> inputs =
          new RandomInputs(original.inputs(), TokenBounds.of(GraphIndex.of(model)), 1).next(2, 8);
      Fidelity fidelity = new Fidelity();
      fidelity.add(original.run(inputs), other.run(inputs));
      return fidelity.cosine();
    }
  }
}
