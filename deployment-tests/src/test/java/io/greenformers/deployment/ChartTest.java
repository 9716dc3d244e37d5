package io.greenformers.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Each set of values lints, is what Kubernetes takes, and keeps to the policies. */
final class ChartTest {
  private static final int MOST_NAME = 63;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "small", "gpu-pool", "air-gapped"})
  void lintsParsesStrictlyAndKeepsToThePolicies(String set) throws Exception {
    Chart chart = Chart.of(directory, set);
    LintResult lint = chart.lint();
    assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
    List<Manifest> manifests = chart.render();
    assertThat(manifests).extracting(Manifest::toString).doesNotHaveDuplicates();
    for (Manifest manifest : manifests) {
      assertThatCode(() -> KubernetesModel.check(manifest)).doesNotThrowAnyException();
      assertThat(manifest.name().length()).as("%s", manifest).isLessThanOrEqualTo(MOST_NAME);
      for (Policy policy : Policy.ALL) {
        assertThat(policy.violations(manifest)).as("%s of %s", policy, manifest).isEmpty();
      }
    }
    System.out.printf("chart, %s: %d objects %s%n", set, manifests.size(), manifests);
  }

  @Test
  void fieldsThatKubernetesDoesNotKnowAreSeen() throws Exception {
    for (Manifest manifest : Chart.of(directory, "gpu-pool").render()) {
      if (manifest.spec() instanceof ObjectNode spec) {
        spec.put("replicaz", 3);
        assertThatThrownBy(() -> KubernetesModel.check(manifest))
            .as("%s", manifest)
            .hasMessageContaining("replicaz");
      }
    }
  }

  @Test
  void everyPodIsSelectedByANetworkPolicyThatBoundsWhatItReaches() throws Exception {
    List<Manifest> manifests = Chart.of(directory, "air-gapped").render();
    List<Manifest> policies =
        manifests.stream().filter(m -> m.kind().equals("NetworkPolicy")).toList();
    for (Manifest deployment :
        manifests.stream().filter(m -> m.kind().equals("Deployment")).toList()) {
      JsonNode labels = deployment.spec().at("/selector/matchLabels");
      assertThat(policies)
          .as("%s", deployment)
          .anySatisfy(policy -> {
            assertThat(policy.spec().at("/podSelector/matchLabels")).isEqualTo(labels);
            assertThat(policy.spec().path("egress").valueStream())
                .as("names, database and store")
                .hasSize(3)
                .allSatisfy(rule -> assertThat(rule.path("to").isEmpty()).isFalse())
                .extracting(rule -> rule.at("/ports/0/port").asInt())
                .containsExactly(53, 5432, 9000);
          });
    }
  }

  @Test
  void whatIsTracedReachesItsCollectorAndNothingElseDoes() throws Exception {
    List<Manifest> manifests = Chart.of(directory, "gpu-pool").render();
    for (Manifest deployment : of(manifests, "Deployment")) {
      assertThat(deployment.containers().getFirst().path("env").toString())
          .as("%s", deployment)
          .contains(
              "{\"name\":\"GREENFORMERS_TRACES_ENDPOINT\",\"value\":"
                  + "\"http://collector.monitoring.svc.cluster.local:4318/v1/traces\"}",
              "{\"name\":\"GREENFORMERS_TRACES_SAMPLING\",\"value\":\"0.1\"}");
    }
    for (Manifest policy : of(manifests, "NetworkPolicy")) {
      List<JsonNode> rules =
          policy
              .spec()
              .path("egress")
              .valueStream()
              .filter(rule -> rule.at("/ports/0/port").asInt() == 4318)
              .toList();
      assertThat(rules).as("%s", policy).hasSize(policy.name().endsWith("-migration") ? 0 : 1);
      assertThat(rules)
          .allSatisfy(rule -> assertThat(rule.path("to").toString()).contains("monitoring"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://collector/v1/traces, 80",
    "https://collector/v1/traces, 443",
    "https://collector:4318, 4318"
  })
  void theCollectorIsReachedOnThePortOfItsUrl(String endpoint, int port) throws Exception {
    Chart chart =
        Chart.with(
            directory,
            "{database: {host: d, existingSecret: s}, store: {bucket: b}, traces: {endpoint: '%s'}}"
                .formatted(endpoint));
    assertThat(of(chart.render(), "NetworkPolicy").getFirst().spec().path("egress").valueStream())
        .extracting(rule -> rule.at("/ports/0/port").asInt())
        .containsExactly(53, 5432, 443, port);
  }

  private static List<Manifest> of(List<Manifest> manifests, String kind) {
    return manifests.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  /** A worker that is asked to end must have given its stage back before it is killed. */
  @Test
  void podsAreGivenTheTimeThatTheServiceTakesToEnd() throws Exception {
    JsonNode settings =
        new YAMLMapper()
            .readTree(Files.readString(Path.of("../service/src/main/resources/application.yaml")));
    int most =
        Stream.of(
                settings.at("/spring/lifecycle.timeout-per-shutdown-phase"),
                settings.at("/db-scheduler/shutdown-max-wait"))
            .mapToInt(node -> Integer.parseInt(node.asString().replace("s", "")))
            .sum();
    for (Manifest manifest : Chart.of(directory, "gpu-pool").render()) {
      if (manifest.kind().equals("Deployment")) {
        assertThat(manifest.pod().orElseThrow().path("terminationGracePeriodSeconds").asInt())
            .as("%s", manifest)
            .isGreaterThan(most);
      }
    }
  }

  @Test
  void migrationsRunBeforeEverythingElseAndUseNothingOfTheChart() throws Exception {
    assertThat(Files.readString(Chart.SOURCE.resolve("templates/migration.yaml")))
        .contains("helm.sh/hook: pre-install,pre-upgrade");
    List<Manifest> manifests = Chart.of(directory, "gpu-pool").render();
    Manifest job = manifests.stream().filter(m -> m.kind().equals("Job")).findFirst().orElseThrow();
    assertThat(job.pod().orElseThrow().has("serviceAccountName")).isFalse();
    assertThat(job.json().toString()).doesNotContain("configMapKeyRef");
    for (Manifest deployment :
        manifests.stream().filter(m -> m.kind().equals("Deployment")).toList()) {
      assertThat(deployment.containers().getFirst().path("env").toString())
          .as("%s", deployment)
          .contains("{\"name\":\"SPRING_FLYWAY_ENABLED\",\"value\":\"false\"}");
    }
  }

  @Test
  void theChartIsOfTheVersionThatIsBuilt() throws Exception {
    JsonNode chart =
        new YAMLMapper().readTree(Files.readString(Chart.SOURCE.resolve("Chart.yaml")));
    String pom = Files.readString(Path.of("../pom.xml"));
    assertThat(pom)
        .containsPattern(
            "<version>" + chart.path("appVersion").asString() + "(-SNAPSHOT)?</version>");
  }
}
