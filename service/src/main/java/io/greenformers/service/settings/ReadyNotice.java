package io.greenformers.service.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says where the service listens, once it does. */
@Component
final class ReadyNotice {
  private static final Logger LOG = LoggerFactory.getLogger(ReadyNotice.class);

  private final ServiceSettings settings;

  ReadyNotice(ServiceSettings settings) {
    this.settings = settings;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) throws IOException {
    var environment = event.getApplicationContext().getEnvironment();
    String port = environment.getRequiredProperty("local.server.port");
    String host = environment.getProperty("server.address", "127.0.0.1");
    if (settings.portFileIfAny().isPresent()) {
      write(settings.portFileIfAny().get().toAbsolutePath(), port);
    }
    LOG.info("Greenformers is ready at http://{}:{}/", host, port);
  }

  /** A reader never sees half a number. */
  private static void write(Path file, String port) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, port + "\n");
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
