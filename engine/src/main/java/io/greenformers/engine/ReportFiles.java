package io.greenformers.engine;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.page.ReportPage;
import io.greenformers.engine.report.text.JunitReport;
import io.greenformers.engine.report.text.MarkdownReport;
import java.util.List;

/** The report in every form that people and tools read. */
final class ReportFiles {
  private static final String JSON = "report.json";
  private static final String PAGE = "report.html";
  private static final String MARKDOWN = "report.md";
  private static final String JUNIT = "report.junit.xml";

  private ReportFiles() {}

  /** Writes all of them; returns their names. */
  static List<String> write(Report report, StageFiles files) {
    files.write(JSON, report);
    files.text(PAGE, ReportPage.html(report));
    files.text(MARKDOWN, MarkdownReport.of(report));
    files.text(JUNIT, JunitReport.of(report));
    return List.of(JSON, PAGE, MARKDOWN, JUNIT);
  }
}
