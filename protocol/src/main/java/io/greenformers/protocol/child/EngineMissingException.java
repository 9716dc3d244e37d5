package io.greenformers.protocol.child;

import io.greenformers.protocol.ProtocolException;
import java.nio.file.Path;

/** There is no engine to start children from. */
public final class EngineMissingException extends ProtocolException {
  EngineMissingException(Path directory, int found) {
    super(
        "%s: expected the engine's jar there, found %d; build it with './mvnw package', or name another home"
            .formatted(directory, found));
  }
}
