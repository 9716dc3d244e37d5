package io.greenformers.service.operation;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.logging.structured.StructuredLogFormatter;

/** The log for people: a line, whom it is about, and traces that keep foreign words out. */
final class LogLines implements StructuredLogFormatter<ILoggingEvent> {
  private final QuietTraces traces = new QuietTraces();

  @Override
  public String format(ILoggingEvent event) {
    return "%s %-5s %s%s: %s%n%s"
        .formatted(
            event.getInstant(),
            event.getLevel(),
            shortName(event.getLoggerName()),
            context(event.getMDCPropertyMap()),
            event.getFormattedMessage(),
            trace(event.getThrowableProxy()));
  }

  private static String shortName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static String context(Map<String, String> context) {
    return context.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining());
  }

  private String trace(IThrowableProxy proxy) {
    return proxy instanceof ThrowableProxy thrown
        ? traces.printStackTraceToString(thrown.getThrowable())
        : "";
  }
}
