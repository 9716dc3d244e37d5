package io.greenformers.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.CompressionState;
import io.greenformers.service.console.ModelPage.Prediction;
import io.greenformers.service.console.ModelPage.Sight;
import io.greenformers.service.console.NewCompressionPage.FieldError;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.model.Model;
import io.greenformers.service.model.Model.ModelFile;
import io.greenformers.testing.HostileNames;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Names of models, sites, datasets and tenants, and what errors quote of them, are text. */
final class HostileNamesTest {
  private static final String HASH = "a".repeat(64);
  private static final Frame FRAME =
      new Frame("A page", Frame.Tab.MODELS, new Frame.Visitor("tenant", true));
  private static final JsonMapper JSON = new JsonMapper();

  /** Tags that our own templates have none of within the content of these pages. */
  private static final Pattern FOREIGN =
      Pattern.compile("<(script>|iframe|img|svg|!--|b>|a href=x)|[\\u202e\\u2066\\u0007]");

  private final Pages pages = new Pages();

  private String render(String template, Object page) {
    return new String(pages.render(template, page).toByteArray(), StandardCharsets.UTF_8);
  }

  private static Model model(String name) {
    return new Model(
        "sha256:" + HASH,
        List.of(new ModelFile("original/model.onnx", name, new StoredArtifact(HASH, 1))),
        0,
        Instant.EPOCH);
  }

  static List<String> names() {
    return HostileNames.all().toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aModelAndItsSites(String name) {
    ObjectNode site = JSON.createObjectNode().put("name", name).put("obstacle", name);
    site.put("kind", "linear").put("parameters", 4).putArray("operators").add(name);
    site.putArray("shape").add(2).add(2);
    ObjectNode inspection = JSON.createObjectNode().put("producer", name);
    inspection.putArray("sites").add(site);
    ModelSites sites = ModelSites.of(inspection);
    Prediction none = new Prediction.Impossible(Words.name(name));
    String html =
        render("model", new ModelPage(FRAME, model(name), new Sight.Read(sites), none, List.of()));
    assertThat(html).doesNotContainPattern(FOREIGN).contains("Sites");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aDatasetInTheListAndInTheForm(String name) {
    List<Dataset> datasets =
        List.of(new Dataset("sha256:" + HASH, Optional.of(name), 1, Instant.EPOCH));
    assertThat(
            render(
                "datasets",
                new DatasetsController.DatasetsPage(FRAME, datasets, Optional.of(name))))
        .doesNotContainPattern(FOREIGN);
    CompressionForm form =
        new CompressionForm(
            name, name, name, name, name, name, name, name, name, name, name, name, name, name,
            name, name);
    FieldError error = FieldError.of("budget.sizeRatio", name);
    assertThat(
            render(
                "create",
                new NewCompressionPage(
                    FRAME, form, List.of(model(name)), datasets, Optional.of(error))))
        .doesNotContainPattern(FOREIGN.pattern().replace("|[\\u202e\\u2066\\u0007]", ""));
  }

  @ParameterizedTest
  @MethodSource("names")
  void twoReports(String name) {
    ObjectNode report = JSON.createObjectNode();
    report.putObject("accuracy").put("metric", name).put("drop", 0);
    report.putArray("sites").addObject().put("name", name).put("rank", 1);
    ObjectNode other = report.deepCopy();
    ((ObjectNode) other.at("/sites/0")).put("rank", 2);
    CompressionRow row =
        new CompressionRow(
            "id", name, "goal", CompressionState.SUCCEEDED, Optional.empty(), Instant.EPOCH);
    String html =
        render(
            "compare",
            new ComparisonPage(
                FRAME,
                List.of(
                    new ComparisonPage.Side(row, Optional.of(report)),
                    new ComparisonPage.Side(row, Optional.of(other))),
                2));
    assertThat(html).doesNotContainPattern(FOREIGN).contains("rank 1", "rank 2");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aSearchAndAPager(String name) {
    String html =
        render(
            "history",
            new CompressionsController.HistoryPage(
                FRAME, name, "", List.of(), new Pager(2, true, "/console/compressions?q=x")));
    assertThat(html)
        .doesNotContainPattern(FOREIGN.pattern().replace("|[\\u202e\\u2066\\u0007]", ""))
        .contains("Nothing was found");
  }
}
