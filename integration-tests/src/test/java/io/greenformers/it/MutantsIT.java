package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.ServiceException;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.testing.Mutator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged models through real engine children, which inspect them. Short in the build; {@code
 * -Dgreenformers.campaign=long} is a thousand, of which some are compressed as well, {@code
 * -Dgreenformers.campaign.seed=…} others. What the reader alone does with ten thousand is {@code
 * MutantsTest} in core.
 */
final class MutantsIT {
  private static final boolean LONG = "long".equals(System.getProperty("greenformers.campaign"));
  private static final long SEED = Long.getLong("greenformers.campaign.seed", 6);
  private static final int MUTANTS = LONG ? 1000 : 16;

  /** Of the long form, one of so many: a compression takes ten times as long as an inspection. */
  private static final int COMPRESSED = 20;

  /** Each has a child of its own, and two children work at once. */
  private static final int AT_ONCE = 4;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Answers that would be a fault of ours. */
  private static final Set<String> FAULTS =
      Set.of("crashed", "hung", "not-started", "protocol", "internal", "deadline");

  @TempDir Path directory;

  @Test
  void everyMutantIsAnsweredAndNothingIsLeftOfAny() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path data = directory.resolve("data");
    Instant start = Instant.now();
    try (RunningService service =
        RunningService.start(
            data,
            Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary),
            "--greenformers.parallel-stages=2",
            "--greenformers.limits.tenant.requests=100000")) {
      Map<String, Integer> answers = answers(service.client());
      System.out.printf(
          "%d mutants, seed %d, in %s: %s%n",
          MUTANTS, SEED, Duration.between(start, Instant.now()), answers);
      assertThat(answers.keySet()).noneMatch(MutantsIT::isOurFault);
      assertThat(answers).hasSizeGreaterThan(2);
      assertThat(service.isAlive()).isTrue();
      assertThat(service.children()).isEmpty();
      assertThat(below(temporary)).filteredOn(f -> f.contains("greenformers-child")).isEmpty();
      assertThat(below(data.resolve("work"))).filteredOn(f -> f.startsWith("stage-")).isEmpty();
      assertThat(below(data.resolve("kept"))).isEmpty();
      GreenformersClient client = service.client();
      assertThat(client.inspect(client.uploadModel(MainJobIT.BERT).id()).has("sites")).isTrue();
    }
  }

  private Map<String, Integer> answers(GreenformersClient client) throws Exception {
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(MainJobIT.BERT));
    List<Future<String>> asked = new ArrayList<>();
    Map<String, Integer> answers = new TreeMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < MUTANTS; i++) {
        int number = i;
        asked.add(threads.submit(() -> answer(client, model, number)));
      }
      for (Future<String> answer : asked) {
        answers.merge(answer.get(), 1, Integer::sum);
      }
    }
    return answers;
  }

  private String answer(GreenformersClient client, ModelProto model, int number)
      throws IOException {
    byte[] mutant = new Mutator(new SplittableRandom(SEED + number)).mutant(model);
    Path file = Files.write(directory.resolve("%d.onnx".formatted(number)), mutant);
    try {
      String id = client.uploadModel(file).id();
      client.inspect(id);
      return LONG && number % COMPRESSED == 0 ? compress(client, id) : "inspected";
    } catch (ServiceException e) {
      return (e.status() < 500 ? "refused " : "failed ") + e.code();
    } finally {
      Files.delete(file);
    }
  }

  private static String compress(GreenformersClient client, String model) {
    String id = client.compress(QuickRequest.of(model)).id();
    Compression done = client.await(id, PATIENCE, now -> {});
    CompressionState state = done.state();
    return "compressed " + state + done.code().map(c -> " " + c).orElse("");
  }

  private static boolean isOurFault(String answer) {
    return FAULTS.stream().anyMatch(answer::endsWith);
  }

  private static List<String> below(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
