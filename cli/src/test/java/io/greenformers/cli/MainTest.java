package io.greenformers.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.greenformers.cli.machines.JoinKey;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.Text;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "inspect",
        "compress",
        "join",
        "verify",
        "report",
        "replay",
        "models",
        "compressions",
        "serve",
        "keys",
        "completion"
      })
  void everyCommandHelps(String command) {
    assertThat(execute(command, "--help")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("Usage: greenformers " + command);
  }

  @Test
  void aMissingModelIsAUsageError() {
    assertThat(execute("inspect", "no-such.onnx")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no-such.onnx").contains("expected an ONNX file");
  }

  @ParameterizedTest
  @CsvSource({
    "--size-ratio, 1.5, budget.sizeRatio",
    "--rank-policy, best, ranks.policy",
    "--multiple-of, 0, ranks.multipleOf",
    "--accuracy-drop, -1, budget.accuracyDrop",
    "--accuracy-drop, 0.01, data",
    "--solver, best, solver",
    "--storage, int4, storage.dense",
    "--tokenizer, t.json, data",
    "--calibration-samples, 0, calibration.samples",
    "--confidence, 1, evaluation.confidence",
    "--metric, bleu, evaluation.metric",
  })
  void aBadValueNamesItsField(String option, String value, String field) {
    assertThat(execute("compress", "m.onnx", "--out", "target/out", option, value))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(field).doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource({
    "--recover --machines 2, expected both",
    "--recover --listen 127.0.0.1:29500, expected both",
    "--recover --machines 1 --listen 127.0.0.1:29500, expected 2 to 99",
    "--recover --machines 2 --listen 0.0.0.0:29500, expected one address",
    "--recover --machines 2 --listen [::]:29500, expected one address",
    "--recover --machines 2 --listen somewhere:29500, expected an address and a port",
    "--recover --machines 2 --listen 127.0.0.1:29500 --server http://127.0.0.1:1, --server",
    "--machines 2 --listen 127.0.0.1:29500, add --recover",
  })
  void machinesAreNamedWhereTheTrainingRuns(String options, String expected) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "compress",
                "m.onnx",
                "--out",
                "target/out",
                "--rank-policy",
                "full",
                "--texts",
                "t.txt",
                "--tokenizer",
                "t.json"));
    args.addAll(List.of(options.split(" ")));
    assertThat(execute(args.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(expected).doesNotContain("Exception");
  }

  @Test
  void joiningNeedsAnAddressAndAKey() {
    assertThat(execute("join", "somewhere")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("expected an address and a port");
    assumeTrue(System.getenv(JoinKey.VARIABLE) == null, "a key is there");
    assertThat(execute("join", "127.0.0.1:1")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("GREENFORMERS_JOIN_KEY: expected the key");
  }

  @Test
  void keysNeedToKnowWhatToDoAndForWhom() {
    assertThat(execute("keys")).isEqualTo(ExitCode.USAGE);
    assertThat(execute("keys", "create", "--name", "ci")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--tenant");
  }

  @Test
  void aKeyFileThatIsNotThereIsAUsageError() {
    assertThat(
            execute(
                "keys", "list", "--server", "http://127.0.0.1:1", "--api-key-file", "no-such.key"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no-such.key").doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource({
    "dataset-rows-invalid, 5",
    "dataset-pickled, 5",
    "tokenizer-not-of-model, 5",
    "model-cycle, 4",
  })
  void theCodeOfARefusalSaysWhatWasRefused(String code, int exit) {
    assertThat(ExitCode.refused(Optional.of(code))).isEqualTo(exit);
  }

  @Test
  void namesOfModelsCannotRewriteTheScreen() {
    assertThat(Text.printable("a\u001b[2Jb\u202ec")).isEqualTo("a[U+001B][2Jb[U+202E]c");
  }

  private int execute(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
