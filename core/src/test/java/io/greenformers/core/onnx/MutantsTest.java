package io.greenformers.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.testing.Mutator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of damaged models: each is read or refused, soon, and without much memory. */
final class MutantsTest {
  private static final int MUTANTS = 10_000;

  /** One of so many is of a real model, where those are on this machine. */
  private static final int REAL = 20;

  /** Allocated in all, so that it bounds what the heap may have held; beyond the file. */
  private static final long MOST_BYTES = 64L << 20;

  private static final Duration HUNG = Duration.ofSeconds(20);

  private static final Path ZOO = Path.of("..", "..", "shared", "zoo");

  @TempDir Path directory;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Map<String, Integer> answers = new TreeMap<>();

  @Test
  @Timeout(1800)
  void areReadOrRefused() throws IOException {
    Files.write(directory.resolve("weights"), new byte[SmallModel.EXTERNAL_BYTES]);
    List<ModelProto> real = real();
    ModelProto written = SmallModel.written();
    for (int seed = 0; seed < MUTANTS; seed++) {
      boolean isReal = !real.isEmpty() && seed % REAL == 0;
      ModelProto model = isReal ? real.get(seed / REAL % real.size()) : written;
      check(seed, new Mutator(new SplittableRandom(seed)).mutant(model));
    }
    System.out.println("mutants: " + answers);
    assertThat(answers).as("mutants that were read, and that were refused").hasSizeGreaterThan(5);
  }

  private void check(int seed, byte[] mutant) throws IOException {
    Path file = Files.write(directory.resolve("mutant.onnx"), mutant);
    long began = System.nanoTime();
    long before = threads.getCurrentThreadAllocatedBytes();
    String answer;
    try {
      answer = answer(file);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("mutant of seed " + seed, e);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated for the mutant of seed %d, %s", seed, answer)
        .isLessThan(MOST_BYTES + mutant.length);
    assertThat(System.nanoTime() - began)
        .as("time for the mutant of seed %d, %s", seed, answer)
        .isLessThan(HUNG.toNanos());
    answers.merge(answer, 1, Integer::sum);
  }

  private String answer(Path file) {
    Path external = directory.resolve("weights");
    try {
      OnnxModel model =
          ModelReader.read(new ModelFiles(file, Map.of("weights", external)), directory);
      try (WeightStore weights = model.weights()) {
        assertThat(weights).isNotNull();
        GraphIndex index = GraphIndex.of(model);
        SiteFinder.find(model, index);
        TokenBounds.of(index);
      }
      return "read";
    } catch (InvalidModelException e) {
      return e.code();
    }
  }

  private static List<ModelProto> real() throws IOException {
    List<ModelProto> models = new ArrayList<>();
    if (Files.isDirectory(ZOO)) {
      try (Stream<Path> all = Files.list(ZOO)) {
        for (Path model : all.sorted().toList()) {
          models.add(ModelProto.parseFrom(Files.readAllBytes(model.resolve("model.onnx"))));
        }
      }
    }
    return models;
  }
}
