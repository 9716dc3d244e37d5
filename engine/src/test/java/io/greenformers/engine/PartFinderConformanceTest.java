package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.Part;
import io.greenformers.core.site.PartFinder;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts are found by structure; where an exporter's names tell the part, they must agree. */
final class PartFinderConformanceTest {
  private static final Path ZOO = Path.of("..", "..", "shared", "zoo");
  private static final Pattern ATTENTION =
      Pattern.compile(
          "(?i)(attn|attention|[qkvo]_proj|q_lin|k_lin|v_lin|out_lin|query|key|value)(?!.*(ffn|mlp|fc[12]))");
  private static final Pattern FEED_FORWARD =
      Pattern.compile("(?i)(mlp|fc[12]|ffn|intermediate|feed_forward|Dense\\w*Dense|lin[12])");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "albert-tied",
        "bart",
        "bert",
        "bert-opset11",
        "distilbert",
        "gpt2",
        "llama",
        "roberta-token",
        "t5",
        "vit",
        "wav2vec2-ctc",
        "whisper-encoder"
      })
  void agreesWithTheNamesOfTheExporter(String name) throws IOException {
    Path file = ZOO.resolve(name).resolve("model.onnx");
    Assumptions.assumeTrue(Files.exists(file), "skipped: the zoo is not on this machine");
    OnnxModel model = ModelReader.read(ModelFiles.of(file), directory);
    try (WeightStore weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      Map<Site, Part> parts = PartFinder.find(index, SiteFinder.find(model, index));
      Stream<String> wrong =
          parts.entrySet().stream()
              .filter(e -> e.getKey().kind() == Site.Kind.LINEAR)
              .filter(e -> named(e.getKey()).filter(part -> part != e.getValue()).isPresent())
              .map(e -> e.getKey().name() + " is " + e.getValue());
      assertThat(wrong).isEmpty();
      assertThat(parts.values()).contains(Part.ATTENTION, Part.FEED_FORWARD);
    }
  }

  private static Optional<Part> named(Site site) {
    if (FEED_FORWARD.matcher(site.name()).find()) {
      return Optional.of(Part.FEED_FORWARD);
    }
    return ATTENTION.matcher(site.name()).find() ? Optional.of(Part.ATTENTION) : Optional.empty();
  }
}
