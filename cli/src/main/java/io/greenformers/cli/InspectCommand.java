package io.greenformers.cli;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.run.LocalCompression;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.Text;
import io.greenformers.protocol.child.Stage;
import java.io.IOException;
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
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Validates a model and lists the sites that may be factorized.",
    footer = {"", "Example:", "  greenformers inspect model.onnx --predict"})
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file; external data lies beside it.")
  Path model = Path.of("");

  @Option(names = "--json", description = "Print one JSON document on standard output.")
  boolean json;

  @Option(
      names = "--predict",
      description = "Also say, from the spectra of the weights, which sizes are in reach.")
  boolean predict;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local =
          new LocalCompression(model, directory.path(), new ProgressLine(System.err, quiet));
      local.run(Stage.INSPECT, LocalCompression.INSPECTION);
      ObjectNode inspection = (ObjectNode) read(directory, "inspection.json");
      if (predict) {
        local.run(Stage.PREDICT, LocalCompression.INSPECTION);
        inspection.set("prediction", read(directory, "prediction.json"));
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(inspection.toPrettyString());
      } else {
        print(inspection, out);
      }
      return ExitCode.DONE;
    }
  }

  private static JsonNode read(TemporaryDirectory directory, String name) throws IOException {
    return new JsonMapper().readTree(Files.readString(directory.path().resolve(name)));
  }

  private static void print(JsonNode inspection, PrintWriter out) {
    out.printf(
        "opset %d, IR version %d, %,d bytes, %,d parameters, %d sites%n%n",
        inspection.get("opset").asLong(),
        inspection.get("irVersion").asLong(),
        inspection.get("bytes").asLong(),
        inspection.get("parameters").asLong(),
        inspection.get("sites").size());
    inspection
        .path("remarks")
        .forEach(remark -> out.println(Text.printable(remark.asString()) + "\n"));
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
    if (inspection.has("prediction")) {
      printPrediction(inspection.get("prediction"), out);
    }
    out.flush();
  }

  private static void printPrediction(JsonNode prediction, PrintWriter out) {
    out.printf(
        "%nif every site keeps so much of its energy, the files take so much of the size:%n%n");
    for (JsonNode size : prediction.get("sizes")) {
      out.printf(
          "  %.2f of the energy  %.3f of the size, %d sites factorized%n",
          size.get("retainedEnergy").asDouble(),
          size.get("sizeRatio").asDouble(),
          size.get("factorized").asInt());
    }
  }
}
