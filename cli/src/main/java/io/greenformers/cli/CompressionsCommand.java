package io.greenformers.cli;

import io.greenformers.cli.options.ServiceOption;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.Text;
import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "compressions",
    mixinStandardHelpOptions = true,
    description = "Compressions of a service.",
    footer = {
      "",
      "Examples:",
      "  greenformers compressions list --limit 5 --server http://127.0.0.1:8080",
      "  greenformers compressions watch e654a2b5-9bfe-4fe0-9bd0-17e04534460b --server …",
      "  greenformers compressions cancel e654a2b5-9bfe-4fe0-9bd0-17e04534460b --server …"
    })
final class CompressionsCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Prints the latest ones, one per line.")
  int list(
      @Option(
              names = "--limit",
              description = "At most (default: ${DEFAULT-VALUE}).",
              defaultValue = "20")
          int limit,
      @Mixin ServiceOption service) {
    PrintWriter out = spec.commandLine().getOut();
    service.ask(client -> client.compressions(limit)).forEach(c -> out.println(line(c)));
    out.flush();
    return ExitCode.DONE;
  }

  @Command(
      name = "watch",
      mixinStandardHelpOptions = true,
      description = "Shows how far one is until it ends; the exit code says how, as of compress.")
  int watch(
      @Parameters(paramLabel = "ID", description = "Of the compression.") String id,
      @Option(names = "--quiet", description = "Show no progress.") boolean quiet,
      @Mixin ServiceOption service) {
    ProgressLine progress = new ProgressLine(System.err, quiet);
    try {
      Compression done =
          service.ask(client ->
              client.follow(
                  id,
                  now ->
                      progress.show(
                          now.stage().orElse(now.state().name()),
                          now.fraction().orElse(0.0),
                          now.activity().orElse(""))));
      progress.end();
      print(done);
      return exit(done);
    } finally {
      progress.end();
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Stops one that is queued or running.")
  int cancel(
      @Parameters(paramLabel = "ID", description = "Of the compression.") String id,
      @Mixin ServiceOption service) {
    print(service.ask(client -> client.cancel(id)));
    return ExitCode.DONE;
  }

  @Command(
      name = "logs",
      mixinStandardHelpOptions = true,
      description = "Prints what there is to say of one: times, why it ended, its files.")
  int logs(
      @Parameters(paramLabel = "ID", description = "Of the compression.") String id,
      @Mixin ServiceOption service) {
    Compression compression = service.ask(client -> client.compression(id));
    print(compression);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("created %s%n", compression.createdAt());
    compression.startedAt().ifPresent(at -> out.printf("started %s%n", at));
    compression.finishedAt().ifPresent(at -> out.printf("finished %s%n", at));
    compression.code().ifPresent(code -> out.printf("code %s%n", Text.printable(code)));
    compression.message().ifPresent(message -> out.println(Text.printable(message)));
    compression.artifacts().forEach(a -> out.printf("  %s%n", Text.printable(a.name())));
    out.flush();
    return ExitCode.DONE;
  }

  private void print(Compression compression) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line(compression));
    out.flush();
  }

  private static String line(Compression c) {
    return "%s  %-11s %-9s %3.0f %%  %s"
        .formatted(
            c.id(),
            c.state(),
            c.stage().orElse(""),
            100 * c.fraction().orElse(0.0),
            Text.printable(c.message().or(c::bound).or(c::activity).orElse("")));
  }

  private static int exit(Compression done) {
    CompressionState state = done.state();
    return switch (state) {
      case SUCCEEDED -> ExitCode.DONE;
      case GATE_FAILED -> ExitCode.GATE_NOT_MET;
      case REFUSED -> ExitCode.refused(done.code());
      case CANCELLED -> ExitCode.CANCELLED;
      case FAILED, QUEUED, RUNNING, UNKNOWN -> ExitCode.FAILED;
    };
  }
}
