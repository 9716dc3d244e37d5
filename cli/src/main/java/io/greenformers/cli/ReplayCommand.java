package io.greenformers.cli;

import io.greenformers.cli.files.Manifest;
import io.greenformers.cli.run.LocalRun;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.Text;
import io.greenformers.protocol.request.CompressionRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Makes the model of a manifest.json again, and says whether it has the same bits.",
    footer = {
      "",
      "Model and data are looked for where the manifest says, and must be what they were. The ranks",
      "are those that were found then: finding them may depend on timings.",
      "",
      "Exit codes: 0 the same bits, 1 other bits, 2 an input is missing or has changed.",
      "",
      "Example:",
      "  greenformers replay small/manifest.json --out again"
    })
final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MANIFEST", description = "The manifest.json of a compression.")
  Path file = Path.of("");

  @Option(names = "--out", required = true, description = "Directory for model and report.")
  Path out = Path.of("");

  @Option(names = "--model", description = "Where the model is now.")
  @Nullable Path model;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Manifest manifest = Manifest.read(file);
    Path original = model == null ? Path.of(manifest.request().model()) : model;
    CompressionRequest request = manifest.withRanks(original);
    Map<String, String> differences = manifest.differences(original, request);
    if (!differences.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          String.join("\n", differences.values())
              + "\nbring back what it was, or say where it is: --model for the model");
    }
    new LocalRun(
            original, out, Optional.empty(), Optional.empty(), new ProgressLine(System.err, quiet))
        .run(request);
    PrintWriter writer = spec.commandLine().getOut();
    boolean same = made(manifest).equals(made(Manifest.read(out.resolve("manifest.json"))));
    writer.println(
        same
            ? "the same bits: " + made(manifest)
            : "other bits; made by version %s then, by what this is now; threads, processor and how many machines trained matter too"
                .formatted(Text.printable(manifest.version())));
    writer.flush();
    return same ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static String made(Manifest manifest) {
    return manifest
        .sha256("recovered/model.onnx")
        .or(() -> manifest.sha256("compressed/model.onnx"))
        .orElse("nothing");
  }
}
