package io.greenformers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ReportCommandTest {
  private static final String REPORT =
      """
      {"schemaVersion": 1, "gate": {"passed": %s, "bound": "sizeRatio"},
       "size": {"originalBytes": 1000, "compressedBytes": %d, "ratio": 0.5},
       "latency": [{"batch": 1, "sequence": 8, "speedup": 1.5,
                    "originalMs": {"p50": 3}, "compressedMs": {"p50": 2}}],
       "sites": [{"name": "a\\u001b[2J", "decision": "%s", "rank": %d, "reason": "r"}]}
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        Files.createDirectories(directory.resolve("one")).resolve("report.json"),
        REPORT.formatted(true, 500, "factorize", 8));
    Files.writeString(
        Files.createDirectories(directory.resolve("two")).resolve("report.json"),
        REPORT.formatted(false, 400, "keep", 0));
  }

  @Test
  void showsTheReportOfADirectory() {
    assertThat(execute("report", "show", directory.resolve("one").toString())).isZero();
    assertThat(out.toString()).contains("1.50x", "1 of 1 sites factorized", "passed");
  }

  @Test
  void reasonsThatDifferInNumbersOnlyAreOneLine() throws Exception {
    Files.writeString(
        directory.resolve("one/report.json"),
        """
        {"schemaVersion": 1, "gate": {"passed": true},
         "size": {"originalBytes": 1000, "compressedBytes": 900, "ratio": 0.9}, "latency": [],
         "fidelity": {"cosine": 0.4, "relativeL2": 1},
         "sites": [
           {"name": "a", "decision": "keep", "rank": 0, "reason": "takes 1.02 times the 3 ms"},
           {"name": "b", "decision": "keep", "rank": 0, "reason": "takes 1e-05 times the 14 ms"},
           {"name": "c", "decision": "keep", "rank": 0, "reason": "is an output"}]}
        """);
    assertThat(execute("report", "show", directory.resolve("one").toString())).isZero();
    assertThat(out.toString())
        .contains("2 kept, for example: takes 1.02 times the 3 ms", "1 kept: is an output")
        .contains("the outputs have changed much")
        .doesNotContain("14 ms");
  }

  @Test
  void differencesNameWhatChangedAndCannotRewriteTheScreen() {
    assertThat(
            execute(
                "report",
                "diff",
                directory.resolve("one").toString(),
                directory.resolve("two/report.json").toString()))
        .isZero();
    assertThat(out.toString())
        .contains("500", "400", "no: sizeRatio", "rank 8 to kept")
        .doesNotContain("\u001b");
  }

  @Test
  void whatIsNoReportSaysHowToGetOne() {
    assertThat(execute("report", "show", directory.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("expected a report.json", "greenformers compress");
  }

  @Test
  void completesCommandsInBothShells() {
    assertThat(execute("completion", "bash")).isZero();
    assertThat(out.toString()).contains("--size-ratio", "compressions");
    assertThat(execute("completion", "zsh")).isZero();
    assertThat(out.toString()).contains("compinit");
    assertThat(execute("completion", "fish")).isEqualTo(ExitCode.USAGE);
  }

  private int execute(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
