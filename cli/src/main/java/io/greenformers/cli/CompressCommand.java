package io.greenformers.cli;

import io.greenformers.cli.files.Finished;
import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.machines.TrainingMachines;
import io.greenformers.cli.options.MachineOptions;
import io.greenformers.cli.options.Megabytes;
import io.greenformers.cli.options.RequestOptions;
import io.greenformers.cli.options.ServerOptions;
import io.greenformers.cli.run.LocalCompression;
import io.greenformers.cli.run.LocalRun;
import io.greenformers.cli.run.RemoteCompression;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.ReportTable;
import io.greenformers.client.GreenformersClient;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      "Where there is no --spec, a greenformers.yaml in this directory is one.",
      "",
      "What was finished is kept in OUT/.work until all is done: after a kill, the same command",
      "goes on where it was.",
      "",
      "Examples:",
      "  greenformers compress model.onnx --out small --size-ratio 0.6",
      "  greenformers compress model.onnx --out small --spec request.yaml --json",
      "  greenformers compress --out small --if-changed    # all from ./greenformers.yaml",
      "  greenformers compress model.onnx --out same --rank-policy full",
      "  greenformers compress model.onnx --out small --size-ratio 0.6 \\",
      "    --texts sentences.txt --tokenizer tokenizer.json --server http://127.0.0.1:8080",
      "  greenformers compress model.onnx --out small --accuracy-drop 0.01 \\",
      "    --train train.tsv --evaluation dev.tsv --tokenizer tokenizer.json",
      "  greenformers compress model.onnx --out small --size-ratio 0.5 --train train.tsv \\",
      "    --tokenizer tokenizer.json --recover --machines 2 --listen 10.0.0.1:29500",
    })
final class CompressCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "An ONNX file; external data lies beside it (default: the file's model).")
  @Nullable Path model;

  @Option(names = "--out", required = true, description = "Directory for model and report.")
  Path out = Path.of("");

  @Mixin RequestOptions options = new RequestOptions();

  @Option(
      names = "--if-changed",
      description = {
        "Do nothing where OUT has the result of the same request, model, data and version already;",
        "the exit code is that of the report that is there."
      })
  boolean ifChanged;

  @Mixin ServerOptions server = new ServerOptions();

  @Mixin MachineOptions machines = new MachineOptions();

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
    Path original = Path.of(request.model());
    Optional<GreenformersClient> client = server.client();
    machines.check(request, client.isPresent());
    ProgressLine progress = new ProgressLine(System.err, quiet);
    boolean passed;
    if (ifChanged && new Finished(out).isOf(request)) {
      progress.say("nothing has changed: " + out + " is the result already");
      passed = new Finished(out).passed();
    } else {
      passed =
          client.isEmpty()
              ? locally(original, request, progress)
              : remotely(original, request, client.get(), progress);
    }
    print(Files.readString(out.resolve("report.json")));
    return passed ? ExitCode.DONE : ExitCode.GATE_NOT_MET;
  }

  private boolean locally(Path original, CompressionRequest request, ProgressLine progress)
      throws IOException, InterruptedException {
    Optional<TrainingMachines> others = machines.open(System.err, progress);
    try {
      return new LocalRun(
              original, out, Optional.ofNullable(memory).map(Megabytes::count), others, progress)
          .run(request);
    } finally {
      others.ifPresent(TrainingMachines::close);
    }
  }

  /** Which files beside the model are its external data is found out here. */
  private boolean remotely(
      Path original, CompressionRequest request, GreenformersClient client, ProgressLine progress)
      throws IOException, InterruptedException {
    Files.createDirectories(out);
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local = new LocalCompression(original, directory.path(), progress);
      return new RemoteCompression(client, progress)
          .run(original, local.externalData(), RequestDocument.toJson(request), out);
    }
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
      return options.request(Optional.ofNullable(model));
    } catch (InvalidRequestException e) {
      throw new CliException(
          ExitCode.USAGE,
          e.getMessage() + "\nsee 'greenformers compress --help' for every field and its default");
    }
  }
}
