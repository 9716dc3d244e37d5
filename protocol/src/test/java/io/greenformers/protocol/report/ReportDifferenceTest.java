package io.greenformers.protocol.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.report.ReportDifference.Figure;
import io.greenformers.protocol.report.ReportDifference.RankChange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportDifferenceTest {

  private static JsonNode report(String latency, String sites) {
    return new JsonMapper()
        .readTree(
            """
            {"size": {"compressedBytes": 500, "ratio": 0.5}, "latency": [%s], "sites": [%s]}
            """
                .formatted(latency, sites));
  }

  @Test
  void onlyShapesOfBothAreComparedAndOnlyFiguresThatAreThere() {
    ReportDifference difference =
        ReportDifference.of(
            report(
                """
                {"batch": 1, "sequence": 8, "speedup": 1.5}, {"batch": 2, "sequence": 8, "speedup": 2}
                """,
                ""),
            report("{\"batch\": 1, \"sequence\": 8, \"speedup\": 1.2}", ""));
    assertThat(difference.figures())
        .extracting(Figure::what)
        .containsExactly("bytes of all files", "size ratio", "speed-up at 1 x 8");
  }

  @Test
  void sitesOfBothWhoseRankIsAnotherOneAreNamed() {
    String first = "{\"name\": \"a\", \"rank\": 8}, {\"name\": \"b\", \"rank\": 8}";
    String second =
        "{\"name\": \"a\", \"rank\": 0}, {\"name\": \"b\", \"rank\": 8}, {\"name\": \"c\"}";
    assertThat(ReportDifference.of(report("", first), report("", second)).ranks())
        .containsExactly(new RankChange("a", 8, 0));
  }
}
