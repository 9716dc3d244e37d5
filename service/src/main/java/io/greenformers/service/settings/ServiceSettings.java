package io.greenformers.service.settings;

import io.greenformers.protocol.child.ChildSettings.Isolation;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What can be configured, as {@code greenformers.*}.
 *
 * @param data the directory that the service owns: database, artifacts, work
 * @param home where Greenformers is built, the engine below it; by default the working directory
 * @param java the JDK 25 {@code java} for engine children; by default the service's own
 * @param parallelStages how many engine children may work at once; by default half the processors
 * @param engine how children are bounded
 * @param limits what uploads and compressions may take
 * @param portFile where the port is written when the service is ready; for {@code server.port=0}
 * @param endsWithInput whether the service ends when its standard input does
 */
@Validated
@ConfigurationProperties("greenformers")
public record ServiceSettings(
    @NotNull Path data,
    @Nullable Path home,
    @Nullable Path java,
    @Min(1) int parallelStages,
    @Valid @DefaultValue Engine engine,
    @Valid @DefaultValue Limits limits,
    @Nullable Path portFile,
    boolean endsWithInput) {

  public ServiceSettings {
    if (data.toString().contains(";")) {
      throw new IllegalArgumentException(
          "greenformers.data: expected a path without ';', which H2 takes for a setting, found "
              + data);
    }
    data = data.toAbsolutePath().normalize();
  }

  /**
   * How engine children are started and bounded.
   *
   * @param heap a child's {@code -Xmx}
   * @param memory what a child may take in all; by default what the machine or container has
   * @param deadline the longest a stage may take
   * @param silence the longest a child may say nothing before it counts as hung
   * @param isolation whether children are held to their own files, without a network
   */
  public record Engine(
      @DefaultValue("1GB") DataSize heap,
      @Nullable DataSize memory,
      @DefaultValue("6h") Duration deadline,
      @DefaultValue("1m") Duration silence,
      @DefaultValue("available") Isolation isolation) {
    public Engine {
      if (heap.toMegabytes() < 32 || !deadline.isPositive() || !silence.isPositive()) {
        throw new IllegalArgumentException(
            "greenformers.engine: expected a heap of at least 32MB and positive durations, found "
                + "%s, %s and %s".formatted(heap, deadline, silence));
      }
    }

    /** The bound on all memory of a child, in MB, where one is set. */
    public Optional<Integer> memoryMegabytes() {
      return Optional.ofNullable(memory).map(m -> Math.toIntExact(m.toMegabytes()));
    }
  }

  /**
   * What uploads and compressions may take.
   *
   * @param upload the most bytes of one upload
   * @param freeDisk what an upload must leave free
   * @param compression the longest a compression may take from the beginning of its first stage on:
   *     retries, and waiting for other stages, included
   */
  public record Limits(
      @DefaultValue("20GB") DataSize upload,
      @DefaultValue("1GB") DataSize freeDisk,
      @DefaultValue("7d") Duration compression) {
    public Limits {
      if (!compression.isPositive()) {
        throw new IllegalArgumentException(
            "greenformers.limits.compression: expected a positive duration, found " + compression);
      }
    }
  }

  /** The port file, where one is asked for. */
  public Optional<Path> portFileIfAny() {
    return Optional.ofNullable(portFile);
  }

  /** Where the engine is looked for. */
  public Path homeOrHere() {
    return home != null ? home : Path.of("");
  }

  /** The {@code java} that children run on. */
  public Path childJava() {
    return java != null ? java : Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
