package io.greenformers.cli;

import io.greenformers.protocol.child.Stage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Validates a model and lists the sites that may be factorized.",
    footer = {"", "Example:", "  greenformers inspect model.onnx --json | jq '.sites | length'"})
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file; external data lies beside it.")
  Path model = Path.of("");

  @Option(names = "--json", description = "Print one JSON document on standard output.")
  boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local =
          new LocalCompression(model, directory.path(), new ProgressLine(System.err, quiet));
      local.run(Stage.INSPECT, LocalCompression.INSPECTION);
      String inspection = Files.readString(directory.path().resolve("inspection.json"));
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(inspection);
      } else {
        print(new JsonMapper().readTree(inspection), out);
      }
      return ExitCode.DONE;
    }
  }

  private static void print(JsonNode inspection, PrintWriter out) {
    out.printf(
        "opset %d, IR version %d, %,d bytes, %,d parameters, %d sites%n%n",
        inspection.get("opset").asLong(),
        inspection.get("irVersion").asLong(),
        inspection.get("bytes").asLong(),
        inspection.get("parameters").asLong(),
        inspection.get("sites").size());
    out.printf("%-58s %-10s %-14s %10s%n", "site", "kind", "shape", "break-even");
    for (JsonNode site : inspection.get("sites")) {
      out.printf(
          "%-58s %-10s %-14s %10.1f%s%n",
          Text.printable(site.get("name").asString()),
          site.get("kind").asString(),
          site.get("shape").get(0).asInt() + " x " + site.get("shape").get(1).asInt(),
          site.get("breakEvenRank").asDouble(),
          site.has("obstacle") ? "  kept: " + Text.printable(site.get("obstacle").asString()) : "");
    }
    out.flush();
  }
}
