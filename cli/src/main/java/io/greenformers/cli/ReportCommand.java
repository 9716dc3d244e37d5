package io.greenformers.cli;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.DifferenceTable;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ReportTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Shows a report, or what differs between two.",
    footer = {
      "",
      "Examples:",
      "  greenformers report show small",
      "  greenformers report diff small/report.json smaller/report.json"
    })
final class ReportCommand {
  private static final JsonMapper JSON = new JsonMapper();

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Prints the figures of a report.")
  int show(
      @Parameters(paramLabel = "REPORT", description = "report.json, or its directory.") Path file,
      @Option(names = "--json", description = "Print the document as it is.") boolean json)
      throws IOException {
    JsonNode report = read(file);
    PrintWriter out = out();
    if (json) {
      out.println(report.toPrettyString());
    } else {
      new ReportTable(report, out).print();
    }
    out.flush();
    return ExitCode.DONE;
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "Prints two reports' compressed models side by side.")
  int diff(
      @Parameters(
              index = "0",
              paramLabel = "BEFORE",
              description = "report.json, or its directory.")
          Path before,
      @Parameters(index = "1", paramLabel = "AFTER", description = "Another one.") Path after)
      throws IOException {
    PrintWriter out = out();
    new DifferenceTable(read(before), read(after), out).print();
    out.flush();
    return ExitCode.DONE;
  }

  private PrintWriter out() {
    CommandLine line = spec.commandLine();
    return line.getOut();
  }

  private static JsonNode read(Path given) throws IOException {
    Path file = Files.isDirectory(given) ? given.resolve("report.json") : given;
    if (!Files.isRegularFile(file)) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: expected a report.json, found none there; 'greenformers compress … --out DIR' writes one"
              .formatted(file));
    }
    try {
      JsonNode report = JSON.readTree(Files.readString(file));
      if (report.path("schemaVersion").asInt() == 1 && report.has("gate")) {
        return report;
      }
    } catch (JacksonException e) {
      // not even JSON: the same to whoever named it
    }
    throw new CliException(
        ExitCode.USAGE,
        "%s: expected a report of schema version 1, found something else".formatted(file));
  }
}
