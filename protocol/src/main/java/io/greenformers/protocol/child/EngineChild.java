package io.greenformers.protocol.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts engine children: one JVM per stage, so that native code never shares the parent's process.
 * Thread-safe.
 */
public final class EngineChild {
  static final String MAIN = "io.greenformers.engine.Main";

  private static final ChildMessage.Progress PREPARING =
      new ChildMessage.Progress(0, "unpacking the engine, once for each installation");

  private final ChildSettings settings;
  private final Path temporary;
  private final ChildCommand command;
  private final CachePreparation preparation;

  public EngineChild(ChildSettings settings) {
    this(settings, MAIN, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * A child that is not the engine.
   *
   * @param temporary where children get their working directories
   */
  EngineChild(ChildSettings settings, String mainClass, Path temporary) {
    this.settings = settings;
    this.temporary = temporary;
    this.command = new ChildCommand(settings, mainClass);
    this.preparation = new CachePreparation(settings, command, temporary);
  }

  /**
   * Does what the first stage of an installation would otherwise wait for: native libraries are
   * unpacked, and classes parsed, where that was not done yet.
   *
   * @param log is told how it goes
   */
  public void prepare(Consumer<String> log) {
    BoundedLog bounded = new BoundedLog(log);
    preparation.cache(CachePart.MODELS, bounded, () -> {});
    bounded.close();
  }

  /**
   * Starts a stage.
   *
   * @param progress is told how far the child is, from a thread of the run
   * @param log is told the lines that are no message, shortened: the first ones as they come, and
   *     the last ones at the end; from threads of the run
   * @throws UncheckedIOException if the child cannot be started at all
   */
  public ChildRun start(
      StageRequest request, Consumer<ChildMessage.Progress> progress, Consumer<String> log) {
    BoundedLog bounded = new BoundedLog(log);
    Optional<ChildCache> cache =
        preparation.cache(CachePart.of(request), bounded, () -> progress.accept(PREPARING));
    cache.ifPresent(ChildCache::setUsed);
    try {
      WorkDirectory directory = WorkDirectory.create(temporary, bounded);
      try {
        Process process = command.ofStage(directory.path(), request, cache).start();
        return new ChildRun(process, directory, settings, request, progress, bounded);
      } catch (IOException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the engine child cannot be started with " + settings.java() + ": " + e.getMessage(), e);
    }
  }
}
