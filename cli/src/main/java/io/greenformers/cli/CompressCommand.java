package io.greenformers.cli;

import io.greenformers.client.GreenformersClient;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Factorizes a model to low rank, proves the rewrite, measures, and reports.",
    footer = {
      "",
      "Exit codes: 0 done, 2 usage, 3 a bound of the budget does not hold (outputs are written all",
      "the same), 4 model refused, 5 dataset refused, 6 cancelled, 1 anything else.",
      "",
      "What was finished is kept in OUT/.work until all is done: after a kill, the same command",
      "goes on where it was.",
      "",
      "Examples:",
      "  greenformers compress model.onnx --out small --size-ratio 0.6",
      "  greenformers compress model.onnx --out small --spec greenformers.yaml --json",
      "  greenformers compress model.onnx --out same --rank-policy full",
      "  greenformers compress model.onnx --out small --size-ratio 0.6 \\",
      "    --texts sentences.txt --tokenizer tokenizer.json --server http://127.0.0.1:8080",
      "  greenformers compress model.onnx --out small --accuracy-drop 0.01 \\",
      "    --train train.tsv --evaluation dev.tsv --tokenizer tokenizer.json",
    })
final class CompressCommand implements Callable<Integer> {
  /** Below {@code --out}: what is finished of it already, should this process be killed. */
  private static final String WORK = ".work";

  @Parameters(paramLabel = "MODEL", description = "An ONNX file; external data lies beside it.")
  Path model = Path.of("");

  @Option(names = "--out", required = true, description = "Directory for model and report.")
  Path out = Path.of("");

  @Mixin RequestOptions options = new RequestOptions();

  @Mixin ServerOptions server = new ServerOptions();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Megabytes.Converter.class,
      description = {
        "Memory to work in, as 4GB (default: what the machine has). A model that is too large to",
        "be run in it is factorized and proven site by site; outputs and latency are not compared."
      })
  @Nullable Megabytes memory;

  @Option(names = "--json", description = "Print the report as JSON on standard output.")
  boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    CompressionRequest request = request();
    Optional<GreenformersClient> client = server.client();
    Files.createDirectories(out);
    ProgressLine progress = new ProgressLine(System.err, quiet);
    boolean passed;
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local =
          new LocalCompression(
              model,
              directory.path(),
              Optional.of(out.resolve(WORK)),
              Optional.ofNullable(memory).map(Megabytes::count),
              progress);
      passed =
          client.isEmpty()
              ? run(local, request, directory.path())
              : new RemoteCompression(client.get(), progress)
                  .run(model, local.externalData(), RequestDocument.toJson(request), out);
    }
    print(Files.readString(out.resolve("report.json")));
    return passed ? ExitCode.DONE : ExitCode.GATE_NOT_MET;
  }

  private boolean run(LocalCompression local, CompressionRequest request, Path directory)
      throws IOException, InterruptedException {
    request.data().ifPresent(local::giveData);
    Set<String> artifacts = new LinkedHashSet<>();
    boolean passed = true;
    for (Stage stage : Stage.of(request)) {
      ChildOutcome.Done done = local.run(stage, request);
      artifacts.addAll(done.artifacts());
      passed &= done.gatePassed();
    }
    deliver(directory, artifacts);
    new TemporaryDirectory(out.resolve(WORK)).close();
    return passed;
  }

  private void print(String report) {
    var writer = spec.commandLine().getOut();
    if (json) {
      writer.println(report);
    } else {
      new ReportTable(new JsonMapper().readTree(report), writer).print(out);
    }
    writer.flush();
  }

  private CompressionRequest request() throws IOException {
    try {
      return options.request(model);
    } catch (InvalidRequestException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  /** Only whole files appear in the output directory, each by one rename. */
  private void deliver(Path from, Set<String> artifacts) throws IOException {
    for (String artifact : artifacts) {
      Path target = out.resolve(Path.of(artifact).getFileName());
      Path partial = out.resolve("." + target.getFileName() + ".partial");
      Files.move(from.resolve(artifact), partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
