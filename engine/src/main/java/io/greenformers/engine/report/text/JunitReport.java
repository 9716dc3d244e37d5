package io.greenformers.engine.report.text;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import io.greenformers.protocol.report.Visible;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as JUnit XML: every bound of the budget is a test case. */
public final class JunitReport {
  private JunitReport() {}

  /** The document. */
  public static String of(Report report) {
    List<Report.Bound> bounds = report.gate().bounds();
    long failures = bounds.stream().filter(bound -> !bound.holds()).count();
    String cases =
        bounds.isEmpty()
            ? testCase("compressed", "")
            : bounds.stream().map(JunitReport::testCase).collect(Collectors.joining());
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="greenformers %s" tests="%d" failures="%d" errors="0" skipped="0">
        <properties>
    %s    </properties>
    %s  </testsuite>
    </testsuites>
    """
        .formatted(
            escape(model(report)), Math.max(1, bounds.size()), failures, properties(report), cases);
  }

  private static String model(Report report) {
    return String.valueOf(report.provenance().getOrDefault("model", "model"));
  }

  private static String properties(Report report) {
    return report.provenance().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e ->
            "      <property name=\"%s\" value=\"%s\"/>\n"
                .formatted(escape(e.getKey()), escape(String.valueOf(e.getValue()))))
        .collect(Collectors.joining());
  }

  private static String testCase(Report.Bound bound) {
    String found =
        bound
            .found()
            .map(value -> String.format(Locale.ROOT, "%.4f", value))
            .orElse("nothing that could be measured");
    String message =
        String.format(
            Locale.ROOT,
            "%s: expected at most %.4f, found %s",
            Words.bound(bound.name()),
            bound.most(),
            found);
    return testCase(
        bound.name(), bound.holds() ? "" : "<failure message=\"%s\"/>".formatted(escape(message)));
  }

  private static String testCase(String name, String content) {
    return "    <testcase classname=\"greenformers.budget\" name=\"%s\">%s</testcase>\n"
        .formatted(escape(name), content);
  }

  static String escape(String text) {
    return Visible.escape(
        text,
        c ->
            switch (c) {
              case '<' -> "&lt;";
              case '>' -> "&gt;";
              case '&' -> "&amp;";
              case '"' -> "&quot;";
              case '\'' -> "&apos;";
              default -> Character.toString(c);
            });
  }
}
