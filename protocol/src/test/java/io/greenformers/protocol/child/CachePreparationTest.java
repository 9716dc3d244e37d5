package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.request.RequestDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real preparations by {@link Reaching}, which puts one library there. */
final class CachePreparationTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final String TEST_CLASSES = System.getProperty("java.class.path");

  @TempDir Path directory;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final BoundedLog log = new BoundedLog(lines::add);
  private Path all = Path.of("");
  private int waited;

  @BeforeEach
  void nameTheCache() {
    all = directory.resolve("user").resolve("cache");
  }

  @Test
  void isDoneOnceForItsUserOnly() throws Exception {
    ChildCache first = cache(CachePart.MODELS).orElseThrow();
    assertThat(library(first)).hasContent("prepared, models");
    assertThat(Files.getPosixFilePermissions(all)).hasSize(3);
    assertThat(waited).isEqualTo(1);
    Files.writeString(library(first), "the same");
    ChildCache second = cache(CachePart.MODELS).orElseThrow();
    assertThat(second).isEqualTo(first);
    assertThat(library(second)).hasContent("the same");
    assertThat(waited).as("nothing to wait for").isEqualTo(1);
  }

  @Test
  void keepsLibrariesOfTrainingsApart() {
    ChildCache training = cache(CachePart.TRAINING).orElseThrow();
    assertThat(library(training)).hasContent("prepared, training");
    assertThat(training).isNotEqualTo(cache(CachePart.MODELS).orElseThrow());
  }

  @Test
  void doesAgainWhatAnotherOneDidNotEnd() throws Exception {
    ChildCache whole = cache(CachePart.MODELS).orElseThrow();
    Files.delete(whole.directory().resolve("ready"));
    Path left = Files.writeString(whole.natives().resolve("half-a-library"), "");
    assertThat(cache(CachePart.MODELS)).contains(whole);
    assertThat(left).doesNotExist();
  }

  @Test
  void leavesNothingOfAPreparationThatFails() throws Exception {
    CachePreparation failing = preparation("no.such.Main", TEST_CLASSES);
    assertThat(failing.cache(CachePart.MODELS, log, this::waited)).isEmpty();
    assertThat(directories()).isEmpty();
    assertThat(lines).anyMatch(l -> l.contains("ended with exit status 1"));
    lines.clear();
    assertThat(failing.cache(CachePart.MODELS, log, this::waited)).isEmpty();
    assertThat(lines).as("it is not tried again for each child").isEmpty();
  }

  @Test
  void isNoneWhereThereCanBeNoDirectory() throws Exception {
    all = Files.writeString(directory.resolve("file"), "");
    assertThat(cache(CachePart.MODELS)).isEmpty();
    all = all.resolve("below");
    assertThat(cache(CachePart.MODELS)).isEmpty();
  }

  @Test
  void anotherBuildHasAnotherOneAndThoseLongUnusedGo() throws Exception {
    ChildCache old = cache(CachePart.MODELS).orElseThrow();
    Files.setLastModifiedTime(
        old.directory().resolve("ready"), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    CachePreparation another =
        preparation(Reaching.class.getName(), TEST_CLASSES + File.pathSeparator + directory);
    assertThat(another.cache(CachePart.MODELS, log, this::waited))
        .isPresent()
        .isNotEqualTo(Optional.of(old));
    assertThat(directories()).hasSize(1);
  }

  @Test
  void trainingsAndGradientsNeedLibtorch() {
    assertThat(part(Stage.INSPECT, "svd")).isEqualTo(CachePart.MODELS);
    assertThat(part(Stage.FACTORIZE, "svd")).isEqualTo(CachePart.MODELS);
    assertThat(part(Stage.FACTORIZE, "fisher")).isEqualTo(CachePart.TRAINING);
    assertThat(part(Stage.RECOVER, "svd")).isEqualTo(CachePart.TRAINING);
    assertThat(part(Stage.EVALUATE, "fisher")).isEqualTo(CachePart.MODELS);
  }

  private CachePart part(Stage stage, String solver) {
    return CachePart.of(
        new StageRequest(
            stage,
            RequestDocument.parseJson(
                """
                {"model": "m", "solver": "%s", "ranks": {"policy": "full"},
                 "data": {"train": "d", "tokenizer": "t"}}\
                """
                    .formatted(solver)),
            Map.of(),
            directory));
  }

  private Optional<ChildCache> cache(CachePart part) {
    return preparation(Reaching.class.getName(), TEST_CLASSES).cache(part, log, this::waited);
  }

  private CachePreparation preparation(String main, String classPath) {
    ChildSettings settings =
        new ChildSettings(
                JAVA,
                List.of(classPath.split(File.pathSeparator)),
                64,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                100_000)
            .withCache(Optional.of(all));
    return new CachePreparation(settings, new ChildCommand(settings, main), directory);
  }

  private void waited() {
    waited++;
  }

  private static Path library(ChildCache cache) {
    return cache.natives().resolve("library");
  }

  private List<Path> directories() throws IOException {
    try (Stream<Path> files = Files.list(all)) {
      return files.filter(Files::isDirectory).toList();
    }
  }
}
