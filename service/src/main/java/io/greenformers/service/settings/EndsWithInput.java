package io.greenformers.service.settings;

import java.io.IOException;
import java.io.OutputStream;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Ends the service when its standard input does: with the process that started it. */
@Component
@ConditionalOnProperty("greenformers.ends-with-input")
final class EndsWithInput {

  @EventListener(ApplicationReadyEvent.class)
  void watch() {
    Thread.ofPlatform().daemon().name("ends-with-input").start(EndsWithInput::awaitEnd);
  }

  private static void awaitEnd() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // as good as the end
    }
    System.exit(0);
  }
}
