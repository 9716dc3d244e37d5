package io.greenformers.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** One run of the command line, in a process of its own. */
record Launch(File launcher, File budget, File out) {

  /**
   * How it ended.
   *
   * @param code its exit code
   * @param last the last line that it printed
   */
  record Ended(int code, String last) {}

  /** Runs it to its end; the process ends with this thread. */
  Ended run(Consumer<CharSequence> log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    launcher.getPath(),
                    "compress",
                    "--spec",
                    budget.getPath(),
                    "--out",
                    out.getPath(),
                    "--if-changed"))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String last = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.accept(line);
        last = line.isBlank() ? last : line;
      }
      return new Ended(process.waitFor(), last);
    } finally {
      process.destroy();
    }
  }
}
