package io.greenformers.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;

/** A headless Chromium, to be shared by the tests of a class. */
public final class Chromium implements AutoCloseable {
  private static final long MOST_START_SECONDS = 60;
  private static final long MOST_END_SECONDS = 10;
  private static final String SKIPPED = "skipped: there is no Chromium in /usr/bin on this machine";

  private final Process process;
  private final DevTools tools;

  private Chromium(Process process, DevTools tools) {
    this.process = process;
    this.tools = tools;
  }

  /** What a person's system prefers. */
  public enum Scheme {
    LIGHT,
    DARK
  }

  /**
   * Starts the browser of this machine; without one the test is skipped, and says so.
   *
   * @param directory for its profile, empty
   */
  public static Chromium require(Path directory) {
    Optional<Path> program =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of("/usr/bin", name))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      // a skipped class says no reason by itself
      System.out.println(SKIPPED);
    }
    Assumptions.assumeTrue(program.isPresent(), SKIPPED);
    try {
      return start(program.orElseThrow(), directory);
    } catch (IOException e) {
      throw new IllegalStateException("Chromium did not start", e);
    }
  }

  private static Chromium start(Path program, Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + directory,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      List<String> place = awaitPlace(process, directory.resolve("DevToolsActivePort"));
      return new Chromium(
          process,
          new DevTools(URI.create("ws://127.0.0.1:" + place.getFirst() + place.getLast())));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Its port and path, which it writes down when it listens. */
  private static List<String> awaitPlace(Process process, Path file) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_START_SECONDS);
    while (process.isAlive() && System.nanoTime() < end) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() == 2) {
          return lines;
        }
      }
      Tab.pause();
    }
    throw new IOException("Chromium does not listen");
  }

  /** A tab of a person of their own: without cookies, and with nothing stored. */
  public Tab open(Scheme scheme, int width, int height) {
    String context =
        tools.send("", "Target.createBrowserContext", Map.of()).path("browserContextId").asString();
    String target =
        tools
            .send(
                "",
                "Target.createTarget",
                Map.of("url", "about:blank", "browserContextId", context))
            .path("targetId")
            .asString();
    JsonNode attached =
        tools.send("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true));
    return new Tab(tools, attached.path("sessionId").asString(), target)
        .sized(width, height)
        .in(scheme);
  }

  @Override
  public void close() {
    tools.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      // its profile can be deleted only when nobody writes to it any more
      process.waitFor(MOST_END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
