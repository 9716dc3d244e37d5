package io.greenformers.cli;

import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares any two models that take the same inputs: size, latency, memory, outputs, and with",
      "labelled texts accuracy, with the paired bound of its drop."
    },
    footer = {
      "",
      "Exit codes: 0 done, 2 usage, 3 a bound does not hold, 4 model refused, 5 dataset refused,",
      "6 cancelled, 1 anything else.",
      "",
      "Examples:",
      "  greenformers verify model.onnx small/model.onnx",
      "  greenformers verify model.onnx other.onnx --accuracy-drop 0.02 \\",
      "    --data dev.tsv --tokenizer tokenizer.json --label-column label --out compared"
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "ORIGINAL", description = "What to compare with.")
  Path original = Path.of("");

  @Parameters(index = "1", paramLabel = "OTHER", description = "What is to be as good.")
  Path other = Path.of("");

  @Option(names = "--size-ratio", description = "Most other / original bytes of all files.")
  @Nullable Double sizeRatio;

  @Option(names = "--latency-ratio", description = "Worst other / original p50.")
  @Nullable Double latencyRatio;

  @Option(names = "--accuracy-drop", description = "Most drop in accuracy; its upper bound.")
  @Nullable Double accuracyDrop;

  @Mixin DataOptions data = new DataOptions();

  @Option(names = "--batch-sizes", split = ",", description = "To time (default: 1,8).")
  List<Integer> batchSizes = new ArrayList<>();

  @Option(names = "--sequence-lengths", split = ",", description = "To time (default: 32,128).")
  List<Integer> sequenceLengths = new ArrayList<>();

  @Option(names = "--confidence", description = "Of --accuracy-drop (default: 0.95).")
  @Nullable Double confidence;

  @Option(names = "--metric", description = "What accuracy is measured by; see compress --help.")
  @Nullable String metric;

  @Option(names = "--seed", description = "Of every random choice (default: 0).")
  @Nullable Long seed;

  @Option(names = "--out", description = "Directory for report.html and the other reports.")
  @Nullable Path out;

  @Option(names = "--json", description = "Print the report as JSON on standard output.")
  boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    CompressionRequest request = request();
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local =
          new LocalCompression(
              original,
              directory.path(),
              Optional.empty(),
              Optional.empty(),
              new ProgressLine(System.err, quiet));
      local.giveCompressed(other);
      request.data().ifPresent(local::giveData);
      ChildOutcome.Done done = local.run(Stage.VERIFY, request);
      deliver(directory.path(), done.artifacts());
      print(Files.readString(directory.path().resolve("report.json")));
      return done.gatePassed() ? ExitCode.DONE : ExitCode.GATE_NOT_MET;
    }
  }

  private void print(String report) {
    PrintWriter writer = spec.commandLine().getOut();
    if (json) {
      writer.println(report);
    } else {
      new ReportTable(new JsonMapper().readTree(report), writer).print();
    }
    writer.flush();
  }

  private void deliver(Path from, List<String> artifacts) throws IOException {
    if (out == null) {
      return;
    }
    Files.createDirectories(out);
    for (String artifact : artifacts) {
      Files.copy(
          from.resolve(artifact), out.resolve(artifact), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private CompressionRequest request() {
    ObjectNode document = new JsonMapper().createObjectNode();
    document.put("model", original.toString());
    // no ranks are chosen: the policy that needs nothing
    RequestOptions.below(document, "ranks").put("policy", "full");
    ObjectNode budget = RequestOptions.below(document, "budget");
    RequestOptions.put(budget, "sizeRatio", sizeRatio);
    RequestOptions.put(budget, "latencyRatio", latencyRatio);
    RequestOptions.put(budget, "accuracyDrop", accuracyDrop);
    data.put(document, null);
    ObjectNode evaluation = RequestOptions.below(document, "evaluation");
    RequestOptions.put(evaluation, "confidence", confidence);
    RequestOptions.put(evaluation, "metric", metric);
    ObjectNode latency = RequestOptions.below(evaluation, "latency");
    RequestOptions.put(latency, "batchSizes", batchSizes);
    RequestOptions.put(latency, "sequenceLengths", sequenceLengths);
    RequestOptions.put(document, "seed", seed);
    try {
      return RequestDocument.parse(document);
    } catch (InvalidRequestException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
