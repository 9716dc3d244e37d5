package io.greenformers.engine.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.report.SampleReports;
import io.greenformers.testing.HostileNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReportPageTest {
  private static final int MOST_BYTES = 600_000;
  private static final int MANY_SITES = 600;

  /** A tag's name and attributes, as a browser sees them in markup that is well quoted. */
  private static final Pattern TAG = Pattern.compile("<(/?[a-zA-Z!][^\\s>]*)([^>]*)>");

  @Test
  void theVerdictComesFirst() {
    assertThat(ReportPage.html(SampleReports.passed()))
        .containsSubsequence("Passed: every bound", "The budget", "<h2>Size", "<h2>Sites");
    assertThat(ReportPage.html(SampleReports.failed()))
        .containsSubsequence("Not passed: the bound accuracyDrop does not hold", "✗ does not hold");
  }

  @Test
  void nothingIsLoadedFromAnywhere() {
    assertThat(ReportPage.html(SampleReports.passed()).replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", " src=", "@import", "url(");
  }

  @Test
  void aLargeModelsReportStaysWithinItsBytes() {
    String page = ReportPage.html(SampleReports.large(MANY_SITES));
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(MOST_BYTES);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void namesAreTextAndNothingElse(String name) {
    List<String> tags = tags(ReportPage.html(SampleReports.named(name)));
    assertThat(tags).isEqualTo(tags(ReportPage.html(SampleReports.named("harmless"))));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void namesCannotTurnTheTextAround(String name) {
    assertThat(ReportPage.html(SampleReports.named(name)).codePoints())
        .noneMatch(c -> c != '\n' && Character.isISOControl(c))
        .noneMatch(c -> Character.getType(c) == Character.FORMAT);
  }

  static Stream<String> hostile() {
    return HostileNames.all();
  }

  /** The tags of a page, without what depends on how long a name is. */
  private static List<String> tags(String page) {
    return TAG.matcher(page)
        .results()
        .map((MatchResult tag) ->
            tag.group(1) + tag.group(2).replaceAll("aria-label=\"[^\"]*\"", ""))
        .filter(tag -> !tag.equals("wbr"))
        .toList();
  }
}
