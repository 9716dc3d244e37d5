package io.greenformers.cli;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.options.BudgetOptions;
import io.greenformers.cli.options.DataOptions;
import io.greenformers.cli.options.EvaluationOptions;
import io.greenformers.cli.options.RequestOptions;
import io.greenformers.cli.run.LocalCompression;
import io.greenformers.cli.run.LocalRun;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.ReportTable;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
      "labelled data accuracy, with the paired bound of its drop."
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

  @Mixin BudgetOptions budget = new BudgetOptions();

  @Mixin DataOptions data = new DataOptions();

  @Mixin EvaluationOptions evaluation = new EvaluationOptions();

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
          new LocalCompression(original, directory.path(), new ProgressLine(System.err, quiet));
      local.giveCompressed(other);
      request.data().ifPresent(local::giveData);
      ChildOutcome.Done done = local.run(Stage.VERIFY, request);
      print(Files.readString(directory.path().resolve("report.json")));
      if (out != null) {
        LocalRun.deliver(directory.path(), done.artifacts(), Files.createDirectories(out));
      }
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

  private CompressionRequest request() {
    ObjectNode document = new JsonMapper().createObjectNode();
    document.put("model", original.toString());
    // no ranks are chosen: the policy that needs nothing
    RequestOptions.below(document, "ranks").put("policy", "full");
    budget.put(document);
    data.put(document, null);
    evaluation.put(document);
    RequestOptions.put(document, "seed", seed);
    try {
      return RequestDocument.parse(document);
    } catch (InvalidRequestException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
