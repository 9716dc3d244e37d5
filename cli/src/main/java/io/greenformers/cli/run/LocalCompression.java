package io.greenformers.cli.run;

import io.greenformers.cli.files.Home;
import io.greenformers.cli.machines.TrainingMachines;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.ChildSettings;
import io.greenformers.protocol.child.EngineChild;
import io.greenformers.protocol.child.EngineInstallation;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Examples;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs stages on this machine, each in an engine child. */
public final class LocalCompression {
  private static final int MOST_FILES_BESIDE = 10_000;
  private static final int DEEPEST_FILE = 3;

  private static final JsonMapper JSON = new JsonMapper();

  /** Inspecting depends on the model alone. */
  public static final CompressionRequest INSPECTION =
      RequestDocument.parseJson("{\"model\": \"inspected\", \"ranks\": {\"policy\": \"full\"}}");

  private final Map<String, Path> artifacts = new LinkedHashMap<>();
  private final EngineChild engine;
  private final Path output;
  private final Optional<Path> work;
  private final ProgressLine progress;
  private Optional<TrainingMachines> machines = Optional.empty();

  /** Keeps nothing should it be killed, and takes what memory the machine has. */
  public LocalCompression(Path model, Path output, ProgressLine progress) throws IOException {
    this(model, output, Optional.empty(), Optional.empty(), progress);
  }

  /**
   * Prepares to compress.
   *
   * @param output where stages write; exists
   * @param work where stages keep what they finished, should they be killed
   * @param memory megabytes that a child may take in all
   */
  public LocalCompression(
      Path model, Path output, Optional<Path> work, Optional<Integer> memory, ProgressLine progress)
      throws IOException {
    requireFile(model);
    this.output = output;
    this.work = work;
    this.progress = progress;
    this.engine = new EngineChild(settings().withMemory(memory));
    give("original", model);
  }

  /** Gives another model to compare with, external data included. */
  public void giveCompressed(Path model) throws IOException {
    give("compressed", model);
  }

  private static void requireFile(Path model) {
    if (!Files.isRegularFile(model)) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: expected an ONNX file, found none there; check the path".formatted(model));
    }
  }

  private void give(String folder, Path model) throws IOException {
    requireFile(model);
    giveFilesBeside(folder, model.toAbsolutePath());
    artifacts.put(folder + "/model.onnx", model.toAbsolutePath());
  }

  /** Gives the files that the request names. */
  public void giveData(Examples data) {
    data.files().forEach((field, file) -> artifacts.put("data/" + field, existing(file)));
  }

  /** Shares the training with other machines. */
  void trainOn(TrainingMachines others) {
    machines = Optional.of(others);
  }

  private static Path existing(String file) {
    Path path = Path.of(file).toAbsolutePath();
    if (!Files.isRegularFile(path)) {
      throw new CliException(
          ExitCode.USAGE, "%s: expected a file, found none there".formatted(file));
    }
    return path;
  }

  /** Runs one stage; its artifacts are there for the stages after it. */
  public ChildOutcome.Done run(Stage stage, CompressionRequest request)
      throws IOException, InterruptedException {
    Optional<TrainingMachines> others = machines.filter(m -> stage == Stage.RECOVER);
    StageRequest own =
        new StageRequest(stage, request, artifacts, output, work.map(w -> w.resolve(stage.name())));
    StageRequest stageRequest = others.isPresent() ? others.get().gather(own) : own;
    try (ChildRun run =
        engine.start(
            stageRequest,
            p -> progress.show(stage.name(), p.fraction(), p.activity()),
            progress::log)) {
      Thread onInterrupt = new Thread(run::close);
      Runtime.getRuntime().addShutdownHook(onInterrupt);
      ChildOutcome outcome = others.isPresent() ? others.get().await(run) : run.await();
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
      ChildOutcome.Done done = done(outcome);
      done.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
      return done;
    } finally {
      progress.end();
    }
  }

  /**
   * The external data that the model names, by location.
   *
   * @throws CliException if the model is refused
   */
  public Map<String, Path> externalData() throws IOException, InterruptedException {
    run(Stage.INSPECT, INSPECTION);
    JsonNode inspection = JSON.readTree(output.resolve("inspection.json").toFile());
    Map<String, Path> external = new LinkedHashMap<>();
    for (JsonNode location : inspection.get("externalData")) {
      Path file = artifacts.get("original/" + location.asString());
      external.put(location.asString(), Objects.requireNonNull(file, "inspection found it"));
    }
    return external;
  }

  /** What came of a stage, unless it failed. */
  static ChildOutcome.Done done(ChildOutcome outcome) {
    return switch (outcome) {
      case ChildOutcome.Done d -> d;
      case ChildOutcome.Refused r ->
          throw new CliException(
              ExitCode.refused(Optional.of(r.code())),
              "refused (%s): %s".formatted(r.code(), r.message()));
      case ChildOutcome.Failed f ->
          throw new CliException(
              ExitCode.FAILED, "failed (%s): %s".formatted(f.fault().code(), f.message()));
      case ChildOutcome.Cancelled c -> throw new CliException(ExitCode.CANCELLED, "cancelled");
    };
  }

  /** External data lies beside the model: every regular file there may be some; links are not. */
  private void giveFilesBeside(String folder, Path model) throws IOException {
    Path directory = Objects.requireNonNull(model.getParent(), "an absolute file has a parent");
    try (Stream<Path> files = Files.walk(directory, DEEPEST_FILE)) {
      files
          .filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS) && !f.equals(model))
          .filter(f -> !f.startsWith(output.toAbsolutePath()))
          .limit(MOST_FILES_BESIDE)
          .forEach(f -> artifacts.put(folder + "/" + directory.relativize(f), f));
    }
  }

  static ChildSettings settings() {
    return new ChildSettings(
        Home.java(),
        EngineInstallation.classPath(Home.path()),
        Integer.getInteger("greenformers.engine.heap", 1024),
        Duration.ofHours(6),
        Duration.ofMinutes(1),
        1 << 20);
  }
}
