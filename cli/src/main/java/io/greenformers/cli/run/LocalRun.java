package io.greenformers.cli.run;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.machines.TrainingMachines;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A compression on this machine, from the model to the files in a directory.
 *
 * @param out where model and report go; created
 * @param memory megabytes that a stage may take
 * @param machines that share the training
 */
public record LocalRun(
    Path model,
    Path out,
    Optional<Integer> memory,
    Optional<TrainingMachines> machines,
    ProgressLine progress) {
  /** Below {@code out}: what is finished of it already, should this process be killed. */
  private static final String WORK = ".work";

  /** Runs all stages; returns whether every bound of the budget held. */
  public boolean run(CompressionRequest request) throws IOException, InterruptedException {
    Files.createDirectories(out);
    try (TemporaryDirectory directory = TemporaryDirectory.create()) {
      LocalCompression local =
          new LocalCompression(
              model, directory.path(), Optional.of(out.resolve(WORK)), memory, progress);
      request.data().ifPresent(local::giveData);
      machines.ifPresent(local::trainOn);
      Set<String> artifacts = new LinkedHashSet<>();
      boolean passed = run(local, request, Stage.of(request), artifacts);
      deliver(directory.path(), artifacts, out);
      new TemporaryDirectory(out.resolve(WORK)).close();
      return passed;
    }
  }

  private static boolean run(
      LocalCompression local, CompressionRequest request, List<Stage> stages, Set<String> artifacts)
      throws IOException, InterruptedException {
    boolean passed = true;
    for (Stage stage : stages) {
      ChildOutcome.Done done = local.run(stage, request);
      artifacts.addAll(done.artifacts());
      passed &= done.gatePassed();
    }
    return passed;
  }

  /** Moves files: only whole ones appear in the output directory, each by one rename. */
  public static void deliver(Path from, Collection<String> artifacts, Path out) throws IOException {
    for (String artifact : artifacts) {
      Path target = out.resolve(Path.of(artifact).getFileName());
      Path partial = out.resolve("." + target.getFileName() + ".partial");
      Files.move(from.resolve(artifact), partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
