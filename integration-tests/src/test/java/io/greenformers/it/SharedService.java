package io.greenformers.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a service to all classes that neither end it nor mind what others leave in it: started when
 * the first asks for it, stopped after the last test.
 */
final class SharedService implements ParameterResolver {
  private static final ExtensionContext.Namespace ALL =
      ExtensionContext.Namespace.create(SharedService.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(RunningService.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getRoot().getStore(ALL).computeIfAbsent(SharedService.class, key -> start());
  }

  private static RunningService start() {
    try {
      Path directory = Files.createDirectories(Path.of("target").toAbsolutePath());
      return RunningService.start(
          Files.createTempDirectory(directory, "shared-service").resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
