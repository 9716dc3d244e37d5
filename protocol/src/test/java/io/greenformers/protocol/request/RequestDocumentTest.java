package io.greenformers.protocol.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestDocumentTest {

  @Test
  void fillsInDefaults() {
    CompressionRequest request =
        RequestDocument.parseJson("{\"model\": \"m.onnx\", \"budget\": {\"sizeRatio\": 0.5}}");
    assertThat(request.ranks()).isEqualTo(Ranks.DEFAULT);
    assertThat(request.evaluation()).isEqualTo(Evaluation.DEFAULT);
    assertThat(request.budget().sizeRatio()).isEqualTo(Optional.of(0.5));
  }

  @Test
  void readsYaml() {
    CompressionRequest request =
        RequestDocument.parseYaml("model: m.onnx\nranks: {policy: uniform, ratio: 0.4}\nseed: 7\n");
    assertThat(request.ranks().ratio()).isEqualTo(Optional.of(0.4));
    assertThat(request.seed()).isEqualTo(7);
  }

  @Test
  void writesWhatItReads() {
    CompressionRequest request =
        RequestDocument.parseYaml("model: m.onnx\nranks: {policy: manual, manual: {a: 3}}\n");
    assertThat(RequestDocument.parseJson(RequestDocument.toJson(request))).isEqualTo(request);
  }

  @Test
  void readsTextsWithTheirDefaults() {
    CompressionRequest request =
        RequestDocument.parseYaml(
            """
            model: m.onnx
            budget: {accuracyDrop: 0.01}
            solver: activation-aware
            data: {train: train.tsv, evaluation: dev.tsv, tokenizer: tokenizer.json}
            """);
    Examples data = request.data().orElseThrow();
    assertThat(data.maxLength()).isEqualTo(128);
    assertThat(data.format()).isEqualTo(Examples.Format.AUTO);
    assertThat(data.task()).contains(Examples.Task.TEXT_CLASSIFICATION);
    assertThat(data.files()).containsOnlyKeys("train", "evaluation", "tokenizer");
    assertThat(request.calibration()).isEqualTo(Calibration.DEFAULT);
    assertThat(request.storage()).isEqualTo(Storage.DEFAULT);
    assertThat(RequestDocument.parseJson(RequestDocument.toJson(request))).isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource({"{}, 1", "{processes: 2}, 2", "{processes: auto},"})
  void readsHowManyProcessesTrain(String recovery, @Nullable Integer processes) {
    CompressionRequest request =
        RequestDocument.parseYaml(
            "{model: m, budget: {sizeRatio: 0.5}, data: {train: t, tokenizer: t}, recovery: %s}"
                .formatted(recovery));
    assertThat(request.recovery().orElseThrow().fixedProcesses())
        .isEqualTo(Optional.ofNullable(processes));
    assertThat(RequestDocument.parseJson(RequestDocument.toJson(request))).isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | TEXT",
        "{label: stars} | TEXT_CLASSIFICATION",
      })
  void theTaskIsClassificationWhereThereIsALabel(String columns, Examples.Task task) {
    CompressionRequest request =
        RequestDocument.parseYaml(
            "{model: m, budget: {sizeRatio: 0.5}, data: {train: t, tokenizer: t, columns: %s}}"
                .formatted(columns));
    assertThat(request.data().flatMap(Examples::task)).contains(task);
  }

  @Test
  void aTaskThatIsGivenIsKept() {
    CompressionRequest request =
        RequestDocument.parseYaml(
            """
            {model: m, budget: {sizeRatio: 0.5},
             data: {train: t, tokenizer: t, task: text, columns: {label: stars}}}
            """);
    assertThat(request.data().flatMap(Examples::task)).contains(Examples.Task.TEXT);
  }

  @Test
  void onlyAPerplexityMayDropByMoreThanOne() {
    String document =
        "{model: m, budget: {accuracyDrop: 2}, data: {train: t, tokenizer: t, task: %s}}";
    assertThat(
            RequestDocument.parseYaml(document.formatted("causal-language-modelling"))
                .budget()
                .accuracyDrop())
        .contains(2.0);
    assertThatThrownBy(() -> RequestDocument.parseYaml(document.formatted("text-classification")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("budget.accuracyDrop: expected a number from 0 to 1");
  }

  @Test
  void readyTensorsHaveNoTokenizerAndTheirLabelsSayTheTask() {
    CompressionRequest request =
        RequestDocument.parseYaml(
            "{model: m, budget: {accuracyDrop: 0.01}, data: {train: t, format: npz, columns: {label: y}}}");
    Examples data = request.data().orElseThrow();
    assertThat(data.areTensors()).isTrue();
    assertThat(data.task()).isEmpty();
    assertThat(data.files()).containsOnlyKeys("train");
    assertThat(request.metric()).isEmpty();
    assertThat(RequestDocument.parseJson(RequestDocument.toJson(request))).isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text-classification | | ACCURACY",
        "text-regression | | PEARSON",
        "token-classification | | TOKEN_F1",
        "masked-language-modelling | | PERPLEXITY",
        "causal-language-modelling | accuracy | ACCURACY",
        "embedding | cosine | COSINE",
        "text | |",
      })
  void theTaskSaysTheMetric(String task, @Nullable String given, @Nullable Metric metric) {
    CompressionRequest request =
        RequestDocument.parseYaml(
            "{model: m, budget: {sizeRatio: 0.5}, evaluation: {metric: %s}, data: {train: t, tokenizer: t, task: %s}}"
                .formatted(given, task));
    assertThat(request.metric()).isEqualTo(Optional.ofNullable(metric));
    assertThat(RequestDocument.parseJson(RequestDocument.toJson(request))).isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"evaluation\": {\"metric\": \"auc\"}} | data",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"evaluation\": {\"metric\": \"bleu\"}} | evaluation.metric",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"evaluation\": {\"metric\": \"cosine\"}, \"data\": {\"train\": \"t\", \"tokenizer\": \"t\"}} | evaluation.metric",
        "{\"budget\": {\"sizeRatio\": 0.5}} | model",
        "{\"model\": \"m\"} | budget.sizeRatio",
        "{\"model\": \"m\", \"method\": \"auto\"} | budget.sizeRatio",
        "{\"model\": \"m\", \"method\": \"linformer\"} | evaluation.latency.sequenceLengths",
        "{\"model\": \"m\", \"method\": \"linformer\", \"budget\": {\"sizeRatio\": 0.5}} | budget.sizeRatio",
        "{\"model\": \"m\", \"method\": \"performer\"} | method",
        "{\"model\": \"m\", \"linformer\": {\"projectedLength\": 0}} | linformer.projectedLength",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 2}} | budget.sizeRatio",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"uniform\"}} | ranks.ratio",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"full\", \"rnk\": 3}} | ranks.rnk",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"best\"}} | ranks.policy",
        "{\"model\": \"m\", \"budget\": {\"accuracyDrop\": -0.1}} | budget.accuracyDrop",
        "{\"model\": \"m\", \"budget\": {\"accuracyDrop\": 0.1}} | data",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"solver\": \"best\"} | solver",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"solver\": \"fisher\"} | data",
        "{\"model\": \"m\", \"data\": {\"tokenizer\": \"t\"}} | data",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"format\": \"csv\"}} | data.tokenizer",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"format\": \"npz\", \"tokenizer\": \"t\"}} | data.tokenizer",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"task\": \"text-classification\"}} | data.task",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"columns\": {\"text\": \"t\"}}} | data.columns.text",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"evaluation\": {\"metric\": \"cosine\"}, \"data\": {\"train\": \"t\"}} | evaluation.metric",
        "{\"model\": \"m\", \"data\": {\"train\": \" \", \"tokenizer\": \"t\"}} | data.train",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"tokenizer\": \"t\", \"maxLength\": 0}} | data.maxLength",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"tokenizer\": \"t\", \"task\": \"asr\"}} | data.task",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"tokenizer\": \"t\", \"columns\": {\"txt\": 1}}} | data.columns.txt",
        "{\"model\": \"m\", \"calibration\": {\"samples\": 0}} | calibration.samples",
        "{\"model\": \"m\", \"storage\": {\"dense\": \"int4\"}} | storage.dense",
        "{\"model\": \"m\", \"data\": {\"train\": \"t\", \"tokenizer\": \"t\"}, \"recovery\": {\"processes\": 0}} | recovery.processes",
        "{\"model\": \"m\", \"evaluation\": {\"confidence\": 1}} | evaluation.confidence"
      })
  void namesTheFieldThatIsWrong(String document, String field) {
    assertThatThrownBy(() -> RequestDocument.parseJson(document))
        .isInstanceOfSatisfying(
            InvalidRequestException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(field);
  }
}
