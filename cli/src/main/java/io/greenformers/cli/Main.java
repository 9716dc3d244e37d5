package io.greenformers.cli;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code greenformers}. */
@Command(
    name = "greenformers",
    description = "Makes ONNX transformers smaller and faster, and proves that they still work.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    subcommands = {
      DemoCommand.class,
      InspectCommand.class,
      CompressCommand.class,
      JoinCommand.class,
      VerifyCommand.class,
      ReportCommand.class,
      ReplayCommand.class,
      ModelsCommand.class,
      CompressionsCommand.class,
      ServeCommand.class,
      KeysCommand.class,
      CompletionCommand.class,
      VersionCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  greenformers demo",
      "  greenformers inspect model.onnx",
      "  greenformers compress model.onnx --out small --size-ratio 0.6",
      "  greenformers verify model.onnx small/model.onnx --data dev.tsv --tokenizer tokenizer.json",
      "  greenformers report diff small/report.json smaller/report.json",
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, command, parsed) -> {
          PrintWriter err = command.getErr();
          err.println("greenformers: " + (e instanceof CliException ? e.getMessage() : e));
          return e instanceof CliException known ? known.exitCode() : ExitCode.FAILED;
        });
  }
}
