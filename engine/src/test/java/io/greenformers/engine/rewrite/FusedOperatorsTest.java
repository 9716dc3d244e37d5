package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ONNX Runtime makes of a model, before and after a pass of ours. */
final class FusedOperatorsTest {
  @TempDir Path directory;

  @Test
  void countsWhatOnnxRuntimeAndOurPassesFused() throws Exception {
    AttentionGraph graph = new AttentionGraph();
    String scores = graph.add(node("MatMul", "s", graph.query(), graph.key()));
    graph.finish(graph.softmax(graph.scaled(scores)), graph.values());
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(graph.graph));
    FusedOperators before = FusedOperators.of(models.write(model));
    FusedOperators after =
        FusedOperators.of(models.write(new FuseAttentionPass().apply(model).model()));
    assertThat(before.counts()).isEqualTo(Map.of("FusedMatMul", 1));
    assertThat(after.counts()).isEqualTo(Map.of("MultiHeadAttention", 1));
    assertThat(after.nodes()).isLessThan(before.nodes());
  }

  @Test
  void refusesWhatOnnxRuntimeRefuses() throws Exception {
    Path file = Files.write(directory.resolve("model.onnx"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> FusedOperators.of(file)).isInstanceOf(UnrunnableModelException.class);
  }
}
