package io.greenformers.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is written; that the service reads all of it is tested where both are at hand. */
final class CompressionRequestTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void writesWhatWasSetAndNothingElse() {
    String json =
        CompressionRequest.of("sha256:aa")
            .sizeRatio(0.6)
            .solver(Solver.ACTIVATION_AWARE)
            .ranks(Ranks.uniform(0.5).kinds(Ranks.Kind.LINEAR).exclude("*head*"))
            .data(Examples.texts("sha256:cc").evaluation("sha256:bb").labelColumn("y"))
            .recovery(
                Recovery.epochs(2)
                    .distillation(0.7, 0.1)
                    .temperature(3)
                    .maxDuration(Duration.ofMinutes(10)))
            .build()
            .json();
    assertThat(JSON.readTree(json))
        .isEqualTo(
            JSON.readTree(
                """
                {"model": "sha256:aa", "budget": {"sizeRatio": 0.6}, "solver": "activation-aware",
                 "ranks": {"policy": "uniform", "ratio": 0.5, "kinds": ["linear"],
                           "exclude": ["*head*"]},
                 "data": {"tokenizer": "sha256:cc", "evaluation": "sha256:bb",
                          "columns": {"label": "y"}},
                 "recovery": {"epochs": 2, "maxDuration": "600s",
                              "distillation": {"logits": 0.7, "hidden": 0.1, "temperature": 3.0}}}
                """));
  }

  @Test
  void whatWasBuiltDoesNotChange() {
    CompressionRequest.Builder builder = CompressionRequest.of("m").sizeRatio(0.6);
    CompressionRequest first = builder.build();
    builder.latencyRatio(0.5).set("ranks.later", 1);
    assertThat(first.json()).isEqualTo("{\"model\":\"m\",\"budget\":{\"sizeRatio\":0.6}}");
    assertThat(builder.build().json()).contains("\"latencyRatio\":0.5", "\"ranks\":{\"later\":1}");
  }

  @Test
  void partsAreImmutable() {
    Ranks ranks = Ranks.full();
    assertThat(ranks.multipleOf(4)).isNotSameAs(ranks);
    assertThat(ranks).hasToString("{\"policy\":\"full\"}");
  }

  @Test
  void aFieldOfAPartCanBeSetAfterIt() {
    assertThat(CompressionRequest.of("m").ranks(Ranks.fixed(8)).set("ranks.multipleOf", 4).build())
        .hasToString(
            "{\"model\":\"m\",\"ranks\":{\"policy\":\"fixed\",\"rank\":8,\"multipleOf\":4}}");
  }

  @Test
  void takesAWholeDocument() {
    assertThat(CompressionRequest.ofJson("{\"model\" : \"m\"}").json())
        .isEqualTo("{\"model\":\"m\"}");
    assertThatThrownBy(() -> CompressionRequest.ofJson("{"))
        .isInstanceOf(InvalidDataException.class);
  }
}
