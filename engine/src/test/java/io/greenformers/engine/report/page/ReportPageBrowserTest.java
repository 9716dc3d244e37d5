package io.greenformers.engine.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.report.HostileNames;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.SampleReports;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as a browser makes it. */
final class ReportPageBrowserTest {
  private static final String DESKTOP = "1280,900";
  private static final String PHONE = "390,844";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "LIGHT, 1280, 900",
    "DARK, 1280, 900",
    "LIGHT, 390, 844",
    "DARK, 390, 844",
  })
  void axeFindsNothing(Chromium.Scheme scheme, int width, int height) throws Exception {
    for (Report report : new Report[] {SampleReports.passed(), SampleReports.failed()}) {
      String found =
          Chromium.require(directory)
              .title(Axe.in(ReportPage.html(report)), scheme, width + "," + height);
      assertThat(found).isEqualTo("axe: 0 violations");
    }
  }

  @Test
  void theScriptRunsUnderThePolicyAndMakesTablesSortable() throws Exception {
    String page = Chromium.require(directory).dom(ReportPage.html(SampleReports.passed()), DESKTOP);
    assertThat(page).contains("<button type=\"button\">rank</button>", "type=\"range\"", "<select");
  }

  @Test
  void nothingIsWiderThanAPhone() throws Exception {
    String measured =
        ReportPage.html(SampleReports.passed())
            .replaceFirst("<meta http-equiv[^>]*>", "")
            .replace(
                "</body>",
                "<script>document.title = document.documentElement.scrollWidth</script></body>");
    assertThat(
            Integer.parseInt(
                Chromium.require(directory).title(measured, Chromium.Scheme.LIGHT, PHONE)))
        .isLessThanOrEqualTo(500);
  }

  /** Without the security policy, which would hide that markup was let through. */
  @Test
  void noHostileNameRunsOrMakesAnElement() throws Exception {
    String names = HostileNames.all().collect(Collectors.joining(" "));
    String page =
        ReportPage.html(SampleReports.named(names)).replaceFirst("<meta http-equiv[^>]*>", "");
    String dom = Chromium.require(directory).dom(page, DESKTOP);
    assertThat(dom).doesNotContain("<title>pwned", "<iframe", "<img", "<a ");
  }
}
