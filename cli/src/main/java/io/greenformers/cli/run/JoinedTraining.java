package io.greenformers.cli.run;

import io.greenformers.cli.machines.Endpoint;
import io.greenformers.cli.machines.FirstMachine;
import io.greenformers.cli.machines.MachineMessage;
import io.greenformers.cli.machines.OfferedFile;
import io.greenformers.cli.machines.OfferedStage;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.EngineChild;
import io.greenformers.protocol.child.MachineSeat;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * This machine's part of another one's training.
 *
 * @param directory for what is fetched, and for a result that nobody wants
 */
public record JoinedTraining(FirstMachine first, Path directory, ProgressLine progress) {
  private static final String FETCH = "fetch";

  /**
   * Trains to the end, and tells the first machine how that was.
   *
   * @throws CliException if it came to no end
   */
  public void run() {
    var _ = first.lost().thenRun(Thread.currentThread()::interrupt);
    try {
      train(request());
      first.end(Optional.empty());
    } catch (CliException e) {
      first.end(Optional.of(String.valueOf(e.getMessage())));
      throw e;
    } catch (IOException | InterruptedException e) {
      Thread.interrupted(); // there is something left to say
      String why =
          first.lost().getNow(e instanceof IOException ? e.toString() : "it was interrupted");
      first.end(Optional.of(why));
      throw new CliException(ExitCode.FAILED, why);
    } finally {
      progress.end();
    }
  }

  private StageRequest request() throws IOException, InterruptedException {
    progress.show(FETCH, 0, "waiting for the training to begin");
    OfferedStage stage = first.stage();
    long free = Files.getFileStore(directory).getUsableSpace();
    if (stage.bytes() > free) {
      throw new CliException(
          ExitCode.FAILED,
          "%s: expected %d bytes of free disk for the training's files, found %d"
              .formatted(directory, stage.bytes(), free));
    }
    MachineMessage.Joined seat = first.seat();
    Endpoint at = first.at();
    return new StageRequest(
            Stage.RECOVER,
            RequestDocument.parse(stage.request()),
            fetch(stage),
            Files.createDirectory(directory.resolve("output")))
        .at(
            new MachineSeat(
                seat.number(), seat.count(), at.host(), at.meetingPort(), seat.address()));
  }

  private Map<String, Path> fetch(OfferedStage stage) throws IOException, InterruptedException {
    Map<String, Path> artifacts = new LinkedHashMap<>();
    long[] received = {0};
    for (int number = 0; number < stage.files().size(); number++) {
      OfferedFile file = stage.files().get(number);
      // names are the other machine's: no path is made of them
      Path target = directory.resolve(number + file.ending());
      first.fetch(
          number,
          file,
          target,
          bytes -> {
            received[0] += bytes;
            progress.show(
                FETCH, Math.min(1, (double) received[0] / stage.bytes()), file.toString());
          });
      file.names().forEach(name -> artifacts.put(name, target));
    }
    return artifacts;
  }

  private void train(StageRequest request) throws InterruptedException {
    EngineChild engine = new EngineChild(LocalCompression.settings());
    try (ChildRun run =
        engine.start(
            request,
            p -> progress.show(request.stage().name(), p.fraction(), p.activity()),
            progress::log)) {
      LocalCompression.done(run.await());
    }
  }
}
