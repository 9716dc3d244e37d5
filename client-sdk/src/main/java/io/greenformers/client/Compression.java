package io.greenformers.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A compression as it is now.
 *
 * @param stage which stage runs, or ran last
 * @param fraction of that stage, from 0 to 1
 * @param activity what is being done, for people
 * @param code why it was refused or failed, machine-readable
 * @param message the same for people
 * @param bound of the budget that does not hold
 * @param artifacts what there is to download so far
 */
public record Compression(
    String id,
    CompressionState state,
    Optional<String> stage,
    Optional<Double> fraction,
    Optional<String> activity,
    Optional<String> code,
    Optional<String> message,
    Optional<String> bound,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    List<Artifact> artifacts) {
  public Compression {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    artifacts = List.copyOf(artifacts);
  }

  /** The artifact of this name, where there is one. */
  public Optional<Artifact> artifact(String name) {
    return artifacts.stream().filter(a -> a.name().equals(name)).findFirst();
  }
}
