package io.greenformers.engine;

import io.greenformers.engine.torch.Seat;
import io.greenformers.protocol.child.ChildCodec;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The other processes of a training: this very program, asked for the same stage, each at a seat of
 * its own. They end when this process does, since their standard input ends with it.
 */
final class PeerProcesses implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();
  private final CompletableFuture<String> failure = new CompletableFuture<>();

  private PeerProcesses() {}

  /**
   * Starts all of this machine but the first.
   *
   * @param first the seat of the machine's first process, which is this one
   */
  static PeerProcesses start(StageRequest request, Seat first) {
    PeerProcesses others = new PeerProcesses();
    try {
      Seat seat = first;
      for (int place = 1; place < first.processes(); place++) {
        seat = seat.next();
        others.startAt(seat, ownOf(request));
      }
      return others;
    } catch (IOException e) {
      others.close();
      throw new UncheckedIOException("recovery.processes: another one cannot be started", e);
    }
  }

  /** Checkpoints are the first one's. */
  private static StageRequest ownOf(StageRequest request) {
    return new StageRequest(
        request.stage(), request.request(), request.artifacts(), request.output());
  }

  /** Completed with what happened when one of them has failed. */
  CompletableFuture<String> failure() {
    return failure;
  }

  private void startAt(Seat seat, StageRequest request) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(seat)).redirectError(ProcessBuilder.Redirect.INHERIT);
    // ONNX Runtime 1.29 overflows its stack when it reads a long command line
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // its first device is then its own
    builder.environment().put("CUDA_VISIBLE_DEVICES", String.valueOf(seat.place()));
    Process process = builder.start();
    processes.add(process);
    // left open: its end is the end of that process
    process
        .outputWriter(StandardCharsets.UTF_8)
        .append(ChildCodec.line(request))
        .append('\n')
        .flush();
    Thread.ofPlatform().daemon().name("peer " + seat.rank()).start(() -> watch(process, seat));
  }

  private static List<String> command(Seat seat) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(PeerSeat.options(seat));
    command.add(Main.class.getName());
    return command;
  }

  /** Reads to the end, else the process would wait for a reader. */
  private void watch(Process process, Seat seat) {
    String words = "";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        words = ChildCodec.message(line).map(PeerProcesses::complaint).orElse("") + words;
      }
      int status = process.waitFor();
      if (status != 0) {
        failure.complete(
            "recovery.processes: process %d of %d ended with exit status %d%s"
                .formatted(seat.rank() + 1, seat.size(), status, words));
      }
    } catch (IOException e) {
      failure.complete("recovery.processes: a process's output broke off: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String complaint(ChildMessage message) {
    return switch (message) {
      case ChildMessage.Refused refused -> ": " + refused.message();
      case ChildMessage.Failed failed -> ": " + failed.message();
      case ChildMessage.Heartbeat h -> "";
      case ChildMessage.Progress p -> "";
      case ChildMessage.Result r -> "";
      case ChildMessage.Cancelled c -> "";
    };
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
