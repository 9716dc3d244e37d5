package io.greenformers.engine.report.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium that opens one page and ends. */
record Chromium(Path program, Path directory) {
  private static final Pattern TITLE = Pattern.compile("<title>([^<]*)</title>");
  private static final int MOST_SECONDS = 120;

  enum Scheme {
    DARK(0),
    LIGHT(1);

    private final int setting;

    Scheme(int setting) {
      this.setting = setting;
    }
  }

  /** The browser of this machine; without one the test is skipped, and says so. */
  static Chromium require(Path directory) {
    Optional<Path> program =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of("/usr/bin", name))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        program.isPresent(), "skipped: there is no Chromium in /usr/bin on this machine");
    return new Chromium(program.orElseThrow(), directory);
  }

  /** The title that the page has when its scripts are done. */
  String title(String page, Scheme scheme, String window) throws IOException, InterruptedException {
    Matcher title = TITLE.matcher(run(page, scheme, window));
    return title.find() ? title.group(1) : "";
  }

  /** The page when its scripts are done. */
  String dom(String page, String window) throws IOException, InterruptedException {
    return run(page, Scheme.LIGHT, window);
  }

  private String run(String page, Scheme scheme, String window)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("page.html"), page);
    Path out = directory.resolve("dom.html");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + directory.resolve("profile"),
                "--blink-settings=preferredColorScheme=" + scheme.setting,
                "--window-size=" + window,
                "--virtual-time-budget=20000",
                "--dump-dom",
                file.toUri().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("Chromium did not end within %d s".formatted(MOST_SECONDS));
    }
    return Files.readString(out);
  }
}
