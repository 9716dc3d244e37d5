package io.greenformers.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.Shared;
import io.greenformers.core.site.SiteFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every malformed model is refused with its fault; every odd one is refused or read. */
final class HostileModelsTest {
  /** Valid as files: only a runtime knows which operators exist. */
  private static final Set<String> FOR_THE_RUNTIME = Set.of("unknown-op");

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> refusesOrReads() {
    return Shared.cases("cases/hostile").stream()
        .map(c -> DynamicTest.dynamicTest(c.getFileName().toString(), () -> check(c)));
  }

  private void check(Path directory) throws IOException {
    boolean refuse =
        Files.readString(directory.resolve("expect.json")).contains("\"refuse\"")
            && !FOR_THE_RUNTIME.contains(directory.getFileName().toString());
    ModelFiles files =
        new ModelFiles(directory.resolve("model.onnx"), Shared.externalFiles(directory));
    try {
      OnnxModel model = ModelReader.read(files, scratch);
      try (WeightStore weights = model.weights()) {
        assertThat(weights).isNotNull();
        SiteFinder.find(model, GraphIndex.of(model));
      }
      assertThat(refuse).as("was read, expected a refusal").isFalse();
    } catch (InvalidModelException e) {
      assertThat(e.code()).startsWith("model-");
      System.out.printf("%-26s %s: %s%n", directory.getFileName(), e.code(), e.getMessage());
    }
  }
}
