package io.greenformers.cli;

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
      ServeCommand.class,
      KeysCommand.class,
      VersionCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  greenformers demo",
      "  greenformers inspect model.onnx",
      "  greenformers compress model.onnx --out small --size-ratio 0.6",
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
