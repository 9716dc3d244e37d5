package io.greenformers.service.stage;

import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.ChildSettings;
import io.greenformers.protocol.child.EngineChild;
import io.greenformers.protocol.child.EngineInstallation;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.settings.DataDirectory;
import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Runs stages, each in an engine child with a private working directory, so many at a time as
 * configured. Thread-safe.
 */
@Component
public final class EngineStages implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStages.class);

  private static final int LONGEST_LINE = 1 << 20;

  /** A cancelled stage's child is asked to end within this time, and killed 5 s later. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private final EngineChild engine;
  private final ArtifactStore store;
  private final DataDirectory directory;
  private final Semaphore slots;
  private final Map<String, ChildRun> running = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  EngineStages(ServiceSettings settings, ArtifactStore store, DataDirectory directory) {
    this.engine = new EngineChild(childSettings(settings));
    this.store = store;
    this.directory = directory;
    this.slots = new Semaphore(settings.parallelStages(), true);
  }

  private static ChildSettings childSettings(ServiceSettings settings) {
    ServiceSettings.Engine engine = settings.engine();
    return new ChildSettings(
            settings.childJava(),
            EngineInstallation.classPath(settings.homeOrHere()),
            Math.toIntExact(engine.heap().toMegabytes()),
            engine.deadline(),
            engine.silence(),
            LONGEST_LINE)
        .withMemory(engine.memoryMegabytes())
        .withIsolation(engine.isolation());
  }

  /**
   * Runs a stage to its end; waits for a free slot first.
   *
   * @param key names this run, for {@link #cancel} and the log
   * @param inputs all artifacts so far, by logical name
   * @return what came of it; with {@link StageOutcome.Done}, its artifacts are in the store
   */
  public StageOutcome run(
      String key,
      Stage stage,
      CompressionRequest request,
      Map<String, StoredArtifact> inputs,
      StageOutcome.Watch watch)
      throws InterruptedException {
    slots.acquire();
    Path output = directory.newWorkDirectory();
    try {
      Map<String, Path> files = new LinkedHashMap<>();
      inputs.forEach((name, artifact) -> files.put(name, store.file(artifact)));
      Path kept = directory.kept(key).resolve(stage.name());
      StageRequest stageRequest =
          new StageRequest(stage, request, files, output, Optional.of(kept));
      return outcome(converse(key, stageRequest, watch), output);
    } finally {
      delete(output);
      slots.release();
    }
  }

  /** Says that a run will not be begun again: what it kept for that is deleted. */
  public void forget(String key) {
    directory.forget(key);
  }

  /** Ends a run, if it has a child now: asks it first, kills it 5 s later. */
  public void cancel(String key) {
    ChildRun run = running.get(key);
    if (run != null) {
      run.cancel();
    }
  }

  private ChildOutcome converse(String key, StageRequest request, StageOutcome.Watch watch)
      throws InterruptedException {
    endEarlier(key);
    ChildRun run =
        engine.start(
            request,
            progress -> watch.progressed(presentable(progress)),
            // its words quote what it reads: not for a log that others see, unless asked for
            line -> LOG.debug("{} {}: {}", key, request.stage(), line));
    try (run) {
      running.put(key, run);
      // whoever cancelled, or stopped the service, before the run could be found has to be heard
      cancelUnlessWanted(run, watch);
      Thread watching = Thread.ofVirtual().start(() -> keepWatch(run, watch));
      try {
        return run.await();
      } finally {
        watching.interrupt();
      }
    } finally {
      running.remove(key, run);
    }
  }

  /** A process that was stopped for longer than its lease may be given its own stage again. */
  private void endEarlier(String key) {
    ChildRun earlier = running.get(key);
    if (earlier != null) {
      earlier.close();
    }
  }

  private void keepWatch(ChildRun run, StageOutcome.Watch watch) {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY);
        cancelUnlessWanted(run, watch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run has ended
    }
  }

  private void cancelUnlessWanted(ChildRun run, StageOutcome.Watch watch) {
    if (stopping || !watch.isWanted()) {
      run.cancel();
    }
  }

  private ChildMessage.Progress presentable(ChildMessage.Progress progress) {
    return new ChildMessage.Progress(
        Math.clamp(progress.fraction(), 0, 1), directory.withoutPaths(progress.activity()));
  }

  private StageOutcome outcome(ChildOutcome outcome, Path output) {
    if (stopping) {
      return new StageOutcome.Interrupted();
    }
    return switch (outcome) {
      case ChildOutcome.Done done -> {
        Map<String, StoredArtifact> artifacts = new LinkedHashMap<>();
        done.artifacts().forEach(name -> artifacts.put(name, store.take(output.resolve(name))));
        yield new StageOutcome.Done(done.gatePassed(), done.bound(), artifacts);
      }
      case ChildOutcome.Refused r ->
          new StageOutcome.Refused(r.code(), directory.withoutPaths(r.message()));
      case ChildOutcome.Failed f ->
          new StageOutcome.Failed(f.fault(), directory.withoutPaths(f.message()));
      case ChildOutcome.Cancelled c -> new StageOutcome.Interrupted();
    };
  }

  private static void delete(Path output) {
    try {
      FileSystemUtils.deleteRecursively(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Prepares what the first stage would wait for, meanwhile. */
  @Override
  public void start() {
    stopping = false;
    Thread.ofVirtual().start(() -> engine.prepare(line -> LOG.debug("preparation: {}", line)));
  }

  /** Ends all children; their stages go on when the service runs again. */
  @Override
  public void stop() {
    stopping = true;
    running.values().forEach(ChildRun::cancel);
  }

  @Override
  public boolean isRunning() {
    return !stopping;
  }
}
