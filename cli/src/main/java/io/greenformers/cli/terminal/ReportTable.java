package io.greenformers.cli.terminal;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The report in a few lines. */
public record ReportTable(JsonNode report, PrintWriter out) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?");

  /** Below it outputs are not those of the same model any more. */
  private static final double ALIKE = 0.9;

  /** The figures, and the verdict with the place of the files. */
  public void print(Path directory) {
    figures();
    out.println(verdict() + "; model and report.html are in " + directory);
  }

  /** The figures, and the verdict. */
  public void print() {
    figures();
    out.println(verdict());
  }

  private void figures() {
    JsonNode size = report.get("size");
    out.printf("%-24s %16s %16s %9s%n", "", "original", "compressed", "");
    out.printf(
        "%-24s %,16d %,16d %8.3f%n",
        "bytes of all files",
        size.get("originalBytes").asLong(),
        size.get("compressedBytes").asLong(),
        size.get("ratio").asDouble());
    JsonNode memory = report.path("memory");
    if (memory.isObject()) {
      long original = memory.get("originalPeakBytes").asLong();
      long compressed = memory.get("compressedPeakBytes").asLong();
      out.printf(
          "%-24s %,16d %,16d %8.3f%n",
          "peak memory of a session",
          original,
          compressed,
          (double) compressed / Math.max(1, original));
    }
    for (JsonNode cell : report.get("latency")) {
      if (cell.has("reason")) {
        out.printf(
            "%d x %d does not run: %s%n",
            cell.get("batch").asInt(),
            cell.get("sequence").asInt(),
            Text.printable(cell.get("reason").asString()));
        continue;
      }
      out.printf(
          "%-24s %13.2f ms %13.2f ms %8.2fx%n",
          "p50 at " + cell.get("batch").asInt() + " x " + cell.get("sequence").asInt(),
          cell.get("originalMs").get("p50").asDouble(),
          cell.get("compressedMs").get("p50").asDouble(),
          cell.get("speedup").asDouble());
    }
    accuracy(report.path("accuracy"));
    JsonNode fidelity = report.path("fidelity");
    if (fidelity.isObject()) {
      out.printf(
          "fidelity: cosine %.5f, relative L2 %.4f%n",
          fidelity.get("cosine").asDouble(), fidelity.get("relativeL2").asDouble());
      if (fidelity.get("cosine").asDouble() < ALIKE && !report.path("accuracy").isObject()) {
        out.println(
            "the outputs have changed much: keep more of the size, give texts or tensors to calibrate on, or train (--recover)");
      }
    }
    if (report.has("parity")) {
      out.printf("parity at full rank: %.1e%n", report.at("/parity/maxRelative").asDouble());
    }
    report
        .path("plan")
        .path("remarks")
        .forEach(remark -> out.println(Text.printable(remark.asString())));
    recovery(report.path("recovery"));
    if (!report.get("sites").isEmpty()) {
      sites();
    }
  }

  private String verdict() {
    JsonNode gate = report.get("gate");
    return gate.get("passed").asBoolean()
        ? "passed"
        : "NOT passed: %s does not hold".formatted(Text.printable(gate.get("bound").asString()));
  }

  private void accuracy(JsonNode accuracy) {
    if (accuracy.isObject()) {
      String metric = Text.printable(accuracy.get("metric").asString());
      out.printf(
          "%-24s %16.4f %16.4f%n",
          "%s on %,d texts".formatted(metric, accuracy.get("samples").asInt()),
          accuracy.get("original").asDouble(),
          accuracy.get("compressed").asDouble());
      out.printf(
          "drop in %s: %.4f, at most %.4f at a confidence of %s%n",
          metric,
          accuracy.get("drop").asDouble(),
          accuracy.get("dropUpperBound").asDouble(),
          accuracy.get("confidence").asString());
    }
  }

  private void recovery(JsonNode recovery) {
    if (recovery.isObject()) {
      out.printf(
          "recovery: %,d steps in %.0f s on %s, loss %.4f to %.4f%n",
          recovery.get("steps").asInt(),
          recovery.get("seconds").asDouble(),
          recovery.get("device").asString(),
          recovery.path("lossFirst").asDouble(),
          recovery.path("lossLast").asDouble());
      recovery
          .path("endedEarly")
          .asStringOpt()
          .ifPresent(why -> out.println("recovery ended early: " + Text.printable(why)));
    }
  }

  private void sites() {
    Map<String, List<String>> kept = new TreeMap<>();
    int factorized = 0;
    for (JsonNode site : report.get("sites")) {
      if (site.get("decision").asString().equals("factorize")) {
        factorized++;
      } else {
        String reason = Text.printable(site.get("reason").asString());
        kept.computeIfAbsent(NUMBER.matcher(reason).replaceAll("#"), k -> new ArrayList<>())
            .add(reason);
      }
    }
    out.printf("%d of %d sites factorized%n", factorized, report.get("sites").size());
    kept.values().forEach(this::kept);
  }

  /** Reasons that differ in their numbers only. */
  private void kept(List<String> reasons) {
    boolean same = reasons.stream().distinct().count() == 1;
    out.printf(
        "  %d kept%s: %s%n", reasons.size(), same ? "" : ", for example", reasons.getFirst());
  }
}
