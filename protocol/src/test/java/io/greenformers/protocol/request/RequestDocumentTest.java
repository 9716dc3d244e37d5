package io.greenformers.protocol.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"budget\": {\"sizeRatio\": 0.5}} | model",
        "{\"model\": \"m\"} | budget.sizeRatio",
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 2}} | budget.sizeRatio",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"uniform\"}} | ranks.ratio",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"full\", \"rnk\": 3}} | ranks.rnk",
        "{\"model\": \"m\", \"ranks\": {\"policy\": \"best\"}} | ranks.policy"
      })
  void namesTheFieldThatIsWrong(String document, String field) {
    assertThatThrownBy(() -> RequestDocument.parseJson(document))
        .isInstanceOfSatisfying(
            InvalidRequestException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(field);
  }
}
