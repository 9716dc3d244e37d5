package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.ServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that were made to break it: each gets an answer, and the service goes on. */
final class HostileModelsIT {
  private static final Path CASES = Path.of("../../shared/cases/hostile");

  @TempDir static Path directory;

  private static RunningService service;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(
        Files.isDirectory(CASES), "skipped: the suite cases/hostile is not on this machine");
    service =
        RunningService.start(
            directory.resolve("data"),
            "--greenformers.engine.deadline=60s",
            "--greenformers.parallel-stages=2");
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void survivesThemOneAfterAnotherAndEightAtOnce() throws Exception {
    List<Path> cases = cases();
    List<String> inspected = cases.stream().map(HostileModelsIT::inspect).toList();
    List<Future<String>> compressing = new ArrayList<>();
    try (ExecutorService eight = Executors.newFixedThreadPool(8)) {
      cases.forEach(c -> compressing.add(eight.submit(() -> compress(c))));
    }
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      String name = cases.get(i).getFileName().toString();
      String compressed = compressing.get(i).get();
      System.out.printf("%-26s inspect: %-40s compress: %s%n", name, inspected.get(i), compressed);
      if (!isExpected(cases.get(i), inspected.get(i), compressed)) {
        wrong.add(name);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(service.isAlive()).isTrue();
    assertThat(service.children()).isEmpty();
    assertThat(client().inspect(client().uploadModel(MainJobIT.BERT).id()).has("sites")).isTrue();
  }

  private static boolean isExpected(Path model, String inspected, String compressed)
      throws IOException {
    boolean refuse = Files.readString(model.resolve("expect.json")).contains("\"refuse\"");
    return refuse
        ? inspected.startsWith("refused") && compressed.startsWith("REFUSED")
        : !compressed.startsWith("FAILED crashed");
  }

  /** {@code inspected}, or {@code refused} and why. */
  private static String inspect(Path model) {
    try {
      client().inspect(upload(model));
      return "inspected";
    } catch (ServiceException e) {
      return (e.status() < 500 ? "refused " : "failed ") + e.code();
    }
  }

  /** The final state, and why; a model that cannot even be uploaded is refused there. */
  private static String compress(Path model) {
    try {
      GreenformersClient client = client();
      Compression created = client.compress(QuickRequest.of(upload(model)));
      Compression done = client.await(created.id(), Duration.ofMinutes(10), now -> {});
      return done.state() + done.code().map(c -> " " + c).orElse("");
    } catch (ServiceException e) {
      return (e.status() < 500 ? CompressionState.REFUSED : CompressionState.FAILED)
          + " "
          + e.code();
    }
  }

  private static String upload(Path model) {
    return client().uploadModel(model.resolve("model.onnx"), external(model)).id();
  }

  private static GreenformersClient client() {
    return service.client();
  }

  private static List<Path> cases() {
    try (Stream<Path> cases = Files.list(CASES)) {
      return cases.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Path> external(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> !f.endsWith("model.onnx") && !f.endsWith("expect.json"))
          .collect(Collectors.toMap(f -> f.getFileName().toString(), f -> f));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
