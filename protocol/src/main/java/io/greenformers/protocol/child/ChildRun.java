package io.greenformers.protocol.child;

import io.greenformers.protocol.child.ChildOutcome.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One child at work. Thread-safe; closing ends the child if it still runs. */
public final class ChildRun implements AutoCloseable {
  /** What a child may take to end after it was asked to. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final int OUT_OF_MEMORY_EXIT = 3;

  /** A missing class, an option that this JVM does not know. */
  private static final int JVM_REFUSED_EXIT = 1;

  private final Process process;
  private final WorkDirectory directory;
  private final ChildSettings settings;
  private final StageRequest request;
  private final Consumer<ChildMessage.Progress> progress;
  private final BoundedLog log;
  private final AtomicReference<Optional<ChildMessage>> last =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<ChildOutcome>> verdict =
      new AtomicReference<>(Optional.empty());
  private final List<Thread> readers;
  private volatile long lastHeard = System.nanoTime();
  private volatile boolean cancelled;
  private volatile boolean spoke;

  ChildRun(
      Process process,
      WorkDirectory directory,
      ChildSettings settings,
      StageRequest request,
      Consumer<ChildMessage.Progress> progress,
      BoundedLog log) {
    this.process = process;
    this.directory = directory;
    this.settings = settings;
    this.request = request;
    this.progress = progress;
    this.log = log;
    this.readers =
        List.of(
            Thread.ofVirtual().start(this::readMessages), Thread.ofVirtual().start(this::readLog));
    // a request may be larger than the pipe, and a child may never read it
    Thread.ofVirtual().start(() -> send(ChildCodec.line(request)));
  }

  /** Waits for the child's end. Whatever a child does becomes an outcome, never an exception. */
  public ChildOutcome await() throws InterruptedException {
    long started = System.nanoTime();
    while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      if (now - started > settings.deadline().toNanos()) {
        condemn(Fault.DEADLINE, "the stage took longer than " + settings.deadline());
      } else if (now - lastHeard > settings.silence().toNanos()) {
        condemn(Fault.HUNG, "the child said nothing for " + settings.silence());
      }
    }
    for (Thread reader : readers) {
      reader.join(GRACE);
    }
    log.close();
    return outcome();
  }

  /** Asks the child to stop, and ends it when it does not. */
  public void cancel() {
    cancelled = true;
    send(ChildCodec.CANCEL);
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
              kill();
            }
          } catch (InterruptedException e) {
            kill();
          }
        });
  }

  /** Ends the child and deletes its working directory; waits for both. */
  @Override
  public void close() {
    kill();
    try {
      process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.close();
    directory.close();
  }

  private ChildOutcome outcome() {
    if (verdict.get().isPresent()) {
      return verdict.get().get();
    }
    // a result that arrived counts, even when it crossed a request to stop
    return last.get().map(this::outcome).orElseGet(this::ofExit);
  }

  private ChildOutcome outcome(ChildMessage message) {
    return switch (message) {
      case ChildMessage.Result r -> checked(r);
      case ChildMessage.Refused r -> new ChildOutcome.Refused(r.code(), r.message());
      case ChildMessage.Failed f -> new ChildOutcome.Failed(fault(f.code()), f.message());
      case ChildMessage.Cancelled c -> new ChildOutcome.Cancelled();
      case ChildMessage.Heartbeat h -> ofExit();
      case ChildMessage.Progress p -> ofExit();
    };
  }

  private ChildOutcome ofExit() {
    if (cancelled) {
      return new ChildOutcome.Cancelled();
    }
    int exit = process.exitValue();
    Optional<String> crash = CrashLog.summary(directory.path());
    if (exit == JVM_REFUSED_EXIT && !spoke && crash.isEmpty()) {
      return failed(
          Fault.NOT_STARTED,
          "the engine child did not start; the log says why: mend the installation");
    }
    return exit == OUT_OF_MEMORY_EXIT
        ? failed(
            Fault.OUT_OF_MEMORY,
            "the child needed more than its heap of %d MB; give it more"
                .formatted(settings.heapMegabytes()))
        : failed(
            Fault.CRASHED,
            "the child ended without a result, exit status %d%s"
                .formatted(exit, crash.map(c -> ": " + c).orElse("")));
  }

  /** Only regular files below the output directory count as artifacts. */
  private ChildOutcome checked(ChildMessage.Result result) {
    for (String artifact : result.artifacts()) {
      if (!isArtifact(artifact)) {
        return failed(Fault.PROTOCOL, "the child named an artifact that is not there: " + artifact);
      }
    }
    return new ChildOutcome.Done(result.gatePassed(), result.bound(), result.artifacts());
  }

  private boolean isArtifact(String name) {
    try {
      Path output = request.output().toRealPath();
      Path file = output.resolve(name);
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && file.toRealPath().equals(file);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static Fault fault(String code) {
    return Stream.of(Fault.values())
        .filter(f -> f.code().equals(code))
        .findFirst()
        .orElse(Fault.INTERNAL);
  }

  private static ChildOutcome failed(Fault fault, String message) {
    return new ChildOutcome.Failed(fault, message);
  }

  private void condemn(Fault fault, String message) {
    verdict.compareAndSet(Optional.empty(), Optional.of(failed(fault, message)));
    kill();
  }

  /** Whatever the child started ends with it; listed first, since orphans are no descendants. */
  private void kill() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  private void send(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      log.add("the child no longer listens: " + e.getMessage());
    }
  }

  private void readMessages() {
    BoundedLines lines = new BoundedLines(process.getInputStream(), settings.maxLineBytes());
    try {
      for (var line = lines.nextOrOverlong(); line.isPresent(); line = lines.nextOrOverlong()) {
        lastHeard = System.nanoTime();
        if (line.get().overlong()) {
          condemn(
              Fault.PROTOCOL,
              "the child sent a line of more than " + settings.maxLineBytes() + " bytes");
          return;
        }
        String text = line.get().text();
        ChildCodec.message(text).ifPresentOrElse(this::receive, () -> log.add(text));
      }
    } catch (IOException e) {
      log.add("the child's output broke off: " + e.getMessage());
    }
  }

  private void receive(ChildMessage message) {
    spoke = true;
    switch (message) {
      case ChildMessage.Heartbeat h -> {}
      case ChildMessage.Progress p -> tell(p);
      case ChildMessage.Result r -> end(r);
      case ChildMessage.Refused r -> end(r);
      case ChildMessage.Failed f -> end(f);
      case ChildMessage.Cancelled c -> end(c);
    }
  }

  /** A listener that fails must not stop the reader: the child would block on a full pipe. */
  private void tell(ChildMessage.Progress message) {
    try {
      progress.accept(message);
    } catch (RuntimeException e) {
      log.add("the progress listener failed: " + e);
    }
  }

  private void end(ChildMessage message) {
    if (!last.compareAndSet(Optional.empty(), Optional.of(message))) {
      condemn(Fault.PROTOCOL, "the child sent two final messages");
    }
  }

  private void readLog() {
    BoundedLines lines = new BoundedLines(process.getErrorStream(), BoundedLog.LINE_CHARACTERS);
    try {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        log.add(line.get().text());
      }
    } catch (IOException e) {
      log.add("the child's log broke off: " + e.getMessage());
    }
  }
}
