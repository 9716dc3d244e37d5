package io.greenformers.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A stage of a compression that a process of the service works on; for operators.
 *
 * @param worker the process
 * @param compression the id of the compression, of whichever tenant
 * @param stage {@code factorize}
 * @param lastHeartbeat when the process last said that it works on it
 */
public record WorkingStage(
    String worker, String compression, String stage, Optional<Instant> lastHeartbeat) {}
