package io.greenformers.engine.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.report.SampleReports;
import io.greenformers.testing.HostileNames;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MarkdownReportTest {
  @Test
  void beginsWithTheVerdictAndNamesTheBound() {
    assertThat(MarkdownReport.of(SampleReports.passed())).startsWith("## ✅ Passed");
    assertThat(MarkdownReport.of(SampleReports.failed()))
        .startsWith("## ❌ Not passed: the bound accuracyDrop")
        .contains("| drop in accuracy | 0.0200 | 0.0241 | **does not hold** |");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void namesMeanNothing(String name) {
    assertThat(MarkdownReport.escape(name)).matches("([\\p{L}\\p{N} .,/()%=+-]|&#\\d+;)*");
    assertThat(lines(name)).isEqualTo(lines("harmless"));
  }

  @Test
  void nobodyIsMentionedAndNothingIsLinked() {
    assertThat(MarkdownReport.escape("@you #1 https://x www.x"))
        .isEqualTo("&#64;you &#35;1 https&#58;//x www&#46;x");
  }

  private static long lines(String name) {
    return MarkdownReport.of(SampleReports.named(name)).lines().count();
  }

  static Stream<String> hostile() {
    return HostileNames.all();
  }
}
