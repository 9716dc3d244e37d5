package io.greenformers.cli;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.run.DemoFiles;
import io.greenformers.cli.run.RemoteCompression;
import io.greenformers.cli.run.ServiceProcess;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.ReportTable;
import io.greenformers.client.GreenformersClient;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Compresses all-MiniLM-L6-v2 through a service that runs as long as the demo does, and"
            + " trains the result briefly on sentences without labels, with the original as its"
            + " teacher.",
    footer = {"", "Model and sentences come from Maven Central, about 150 MB the first time."})
final class DemoCommand implements Callable<Integer> {
  /** Of 38 steps each, 22 s together on two cores. */
  private static final int EPOCHS = 2;

  private static final double LEARNING_RATE = 3e-4;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "For model and report (default: ${DEFAULT-VALUE}).",
      defaultValue = "greenformers-demo")
  Path out = Path.of("");

  @Option(
      names = "--size-ratio",
      description = "Compressed / original bytes (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.6")
  double sizeRatio;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    say("fetching all-MiniLM-L6-v2 and sentences of WordNet from Maven Central");
    DemoFiles files = DemoFiles.fetch();
    Files.createDirectories(out);
    boolean passed;
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      say("starting a service on a free port");
      Path log = out.resolve("service.log");
      try (ServiceProcess service = ServiceProcess.start(directory.path().resolve("data"), log)) {
        String url = service.awaitUrl();
        say("compressing through %s to %.2f of the size".formatted(url, sizeRatio));
        passed =
            new RemoteCompression(
                    GreenformersClient.builder().baseUrl(url).build(),
                    new ProgressLine(System.err, quiet))
                .run(files.model(), Map.of(), RequestDocument.toJson(request(files)), out);
      }
    }
    var writer = spec.commandLine().getOut();
    String report = Files.readString(out.resolve("report.json"));
    new ReportTable(new JsonMapper().readTree(report), writer).print(out);
    writer.flush();
    return passed ? ExitCode.DONE : ExitCode.GATE_NOT_MET;
  }

  /** One file for all: it is split into calibration, training and evaluation, by seed. */
  private CompressionRequest request(DemoFiles files) {
    Map<String, Object> data =
        Map.of("train", files.sentences().toString(), "tokenizer", files.tokenizer().toString());
    return RequestDocument.parseJson(
        new JsonMapper()
            .writeValueAsString(
                Map.of(
                    "model",
                    files.model().toString(),
                    "budget",
                    Map.of("sizeRatio", sizeRatio),
                    "data",
                    data,
                    "recovery",
                    Map.of("epochs", EPOCHS, "learningRate", LEARNING_RATE))));
  }

  private void say(String what) {
    if (!quiet) {
      System.err.println("demo: " + what);
    }
  }
}
