package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The small BERT with other attention, from the proof to the report. */
final class LinformerStagesTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final String LEARNING =
      """
      "recovery": {"epochs": 3, "learningRate": 0.001, "batchSize": 16, "labels": 0.3}, \
      """;
  private static final String ANYWAY = "\"neverSlower\": false";

  @TempDir Path directory;

  private final Map<String, Path> artifacts = new HashMap<>();

  @BeforeEach
  void label() throws IOException {
    artifacts.put("original/model.onnx", BERT);
    LabelledBert.write(BERT, directory, artifacts);
    artifacts.put("data/train", artifacts.remove("data/evaluation"));
  }

  @Test
  void attentionIsChangedTrainedAndMeasured() throws Exception {
    JsonNode report =
        run(
            "\"method\": \"linformer\", \"linformer\": {\"projectedLength\": 3}, " + LEARNING,
            ANYWAY,
            List.of(Stage.FACTORIZE, Stage.RECOVER, Stage.EVALUATE));
    assertThat(report.at("/method").asString()).isEqualTo("linformer");
    assertThat(remarks(report)).anyMatch(r -> r.contains("2 of 2 attentions are Linformer's"));
    assertThat(report.at("/parity/maxRelative").asDouble()).isLessThan(1e-4);
    assertThat(report.at("/parity/batches").asInt()).isPositive();
    assertThat(report.at("/fidelity/relativeL2").asDouble()).isPositive();
    assertThat(report.at("/sites"))
        .allMatch(s -> s.get("reason").asString().equals("the method changes attention only"));
    assertThat(report.at("/recovery/lossLast").asDouble())
        .isLessThan(report.at("/recovery/lossFirst").asDouble());
    assertThat(report.at("/fusedOperators/after/MultiHeadAttention").asInt()).isEqualTo(2);
  }

  @Test
  void bothMethodsTogether() throws Exception {
    JsonNode report =
        run(
            "\"method\": \"auto\", \"linformer\": {\"projectedLength\": 3}, ",
            ANYWAY + ", \"policy\": \"uniform\", \"ratio\": 0.5",
            List.of(Stage.FACTORIZE, Stage.EVALUATE));
    assertThat(remarks(report)).anyMatch(r -> r.contains("2 of 2 attentions are Linformer's"));
    assertThat(report.at("/sites")).anyMatch(s -> s.get("decision").asString().equals("factorize"));
    assertThat(report.at("/size/ratio").asDouble()).isLessThan(1);
  }

  @Test
  void standardOperatorsOnlyWhereThatIsAskedFor() throws Exception {
    JsonNode report =
        run(
            "\"method\": \"linformer\", \"operators\": \"onnx\", \"linformer\": {\"projectedLength\": 3}, ",
            ANYWAY,
            List.of(Stage.FACTORIZE, Stage.EVALUATE));
    byte[] model = Files.readAllBytes(directory.resolve("out/compressed/model.onnx"));
    assertThat(new String(model, StandardCharsets.ISO_8859_1)).doesNotContain("com.microsoft");
    assertThat(report.at("/fidelity/relativeL2").asDouble()).isBetween(1e-6, 0.5);
  }

  @Test
  void lengthsThatItLeavesAreNoReason() throws Exception {
    JsonNode report =
        run(
            "\"method\": \"auto\", ",
            "\"policy\": \"uniform\", \"ratio\": 0.5",
            List.of(Stage.FACTORIZE, Stage.EVALUATE));
    assertThat(remarks(report))
        .anyMatch(r -> r.startsWith("attention stays as it is: no length above 128 that is timed"));
  }

  @Test
  void aModelThatDoesNotRunAtItsLengthsIsRefused() {
    assertThatThrownBy(() ->
            run("\"method\": \"linformer\", ", ANYWAY, List.of(Stage.FACTORIZE), "[8, 60000]"))
        .isInstanceOf(NoLinformerException.class)
        .hasMessageContaining("no length above 128 that is timed");
  }

  private static List<String> remarks(JsonNode report) {
    return StreamSupport.stream(report.at("/plan/remarks").spliterator(), false)
        .map(JsonNode::asString)
        .toList();
  }

  private JsonNode run(String fields, String ranks, List<Stage> stages) throws Exception {
    return run(fields, ranks, stages, "[4, 8]");
  }

  private JsonNode run(String fields, String ranks, List<Stage> stages, String lengths)
      throws Exception {
    String json =
        """
        {"model": "m", %s "ranks": {%s},
         "data": {"train": "t", "tokenizer": "t", "columns": {"label": "label"}},
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": %s}}}\
        """
            .formatted(fields, ranks, lengths);
    Path output = Files.createDirectories(directory.resolve("out"));
    for (Stage stage : stages) {
      StageRequest request =
          new StageRequest(
              stage, RequestDocument.parseJson(json), artifacts, output, Optional.empty());
      Compression.run(request, (fraction, activity) -> {})
          .artifacts()
          .forEach(name -> artifacts.put(name, output.resolve(name)));
    }
    return new JsonMapper().readTree(output.resolve("report.json").toFile());
  }
}
