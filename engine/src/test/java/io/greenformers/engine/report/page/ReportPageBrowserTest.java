package io.greenformers.engine.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.SampleReports;
import io.greenformers.testing.Axe;
import io.greenformers.testing.Chromium;
import io.greenformers.testing.HostileNames;
import io.greenformers.testing.Tab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as a browser makes it. */
final class ReportPageBrowserTest {
  private static final int DESKTOP = 1280;
  private static final int PHONE = 390;
  private static final int HEIGHT = 900;

  @TempDir static Path profile;
  @TempDir Path directory;

  private static Chromium browser;

  @BeforeAll
  static void start() {
    browser = Chromium.require(profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private Tab open(String page, Chromium.Scheme scheme, int width) throws IOException {
    Path file = Files.writeString(directory.resolve("page.html"), page);
    return browser.open(scheme, width, HEIGHT).go(file.toUri().toString());
  }

  @ParameterizedTest
  @CsvSource({"LIGHT, 1280", "DARK, 1280", "LIGHT, 390", "DARK, 390"})
  void axeFindsNothing(Chromium.Scheme scheme, int width) throws Exception {
    for (Report report : new Report[] {SampleReports.passed(), SampleReports.failed()}) {
      try (Tab tab = open(ReportPage.html(report), scheme, width)) {
        assertThat(Axe.violations(tab)).isEmpty();
      }
    }
  }

  @Test
  void theScriptRunsUnderThePolicyAndMakesTablesSortable() throws Exception {
    try (Tab tab = open(ReportPage.html(SampleReports.passed()), Chromium.Scheme.LIGHT, DESKTOP)) {
      assertThat(tab.html())
          .contains("<button type=\"button\">rank</button>", "type=\"range\"", "<select");
    }
  }

  @Test
  void nothingIsWiderThanAPhone() throws Exception {
    try (Tab tab = open(ReportPage.html(SampleReports.passed()), Chromium.Scheme.LIGHT, PHONE)) {
      assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(PHONE);
    }
  }

  /** Without the security policy, which would hide that markup was let through. */
  @Test
  void noHostileNameRunsOrMakesAnElement() throws Exception {
    String names = HostileNames.all().collect(Collectors.joining(" "));
    String page =
        ReportPage.html(SampleReports.named(names)).replaceFirst("<meta http-equiv[^>]*>", "");
    try (Tab tab = open(page, Chromium.Scheme.LIGHT, DESKTOP)) {
      assertThat(tab.html()).doesNotContain("<title>pwned", "<iframe", "<img", "<a ");
    }
  }
}
