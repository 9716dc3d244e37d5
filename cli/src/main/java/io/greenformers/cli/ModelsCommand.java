package io.greenformers.cli;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.options.ServiceOption;
import io.greenformers.cli.run.LocalCompression;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.Text;
import io.greenformers.client.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Models of a service.",
    footer = {
      "",
      "Examples:",
      "  greenformers models upload model.onnx --server http://127.0.0.1:8080",
      "  greenformers models show sha256:6abc9831… --server …"
    })
final class ModelsCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      name = "upload",
      mixinStandardHelpOptions = true,
      description = "Uploads a model with its external data, and prints its id.")
  int upload(
      @Parameters(paramLabel = "MODEL", description = "An ONNX file.") Path model,
      @Option(names = "--quiet", description = "Show no progress.") boolean quiet,
      @Mixin ServiceOption service)
      throws IOException, InterruptedException {
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      Map<String, Path> external =
          new LocalCompression(model, directory.path(), new ProgressLine(System.err, quiet))
              .externalData();
      print(service.ask(client -> client.uploadModel(model, external)));
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Prints what is known of a model.")
  int show(
      @Parameters(paramLabel = "ID", description = "sha256:… of an upload.") String id,
      @Mixin ServiceOption service) {
    print(service.ask(client -> client.model(id)));
    return ExitCode.DONE;
  }

  private void print(Model model) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(model.id());
    model
        .files()
        .forEach(f -> out.printf("  %,16d bytes  %s%n", f.bytes(), Text.printable(f.name())));
    out.flush();
  }
}
