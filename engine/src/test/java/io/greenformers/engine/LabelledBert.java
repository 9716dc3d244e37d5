package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.Label;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts that the small BERT classifies right by its pooled output, since it labelled them. */
final class LabelledBert {
  static final int TEXTS = 200;
  private static final int WORDS = 50;

  private LabelledBert() {}

  static void write(Path model, Path directory, Map<String, Path> artifacts) throws IOException {
    Path tokenizer = Files.writeString(directory.resolve("tokenizer"), tokenizer());
    List<TextExample> texts = texts();
    StringBuilder csv = new StringBuilder("text,label\n");
    try (ModelSession session = ModelSession.open(model, Optimization.ALL)) {
      List<TextBatch> batches =
          new TextBatches(session.inputs(), bounds(model, directory)).of(texts, tokenizer, 128);
      for (TextBatch batch : batches) {
        label(batch, session.run(batch.inputs()), csv);
      }
    }
    artifacts.put("data/tokenizer", tokenizer);
    artifacts.put("data/evaluation", Files.writeString(directory.resolve("eval"), csv));
    artifacts.put("data/train", Files.writeString(directory.resolve("train"), "w1 w2\nw3 w4 w5\n"));
  }

  static Map<String, Long> bounds(Path model, Path directory) {
    OnnxModel read = ModelReader.read(new ModelFiles(model, Map.of()), directory);
    try (WeightStore weights = read.weights()) {
      return TokenBounds.of(GraphIndex.of(read));
    }
  }

  private static List<TextExample> texts() {
    Random random = new Random(1);
    List<TextExample> texts = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      String text =
          random
              .ints(3 + random.nextInt(9), 0, WORDS)
              .mapToObj(w -> "w" + w)
              .collect(Collectors.joining(" "));
      texts.add(new TextExample(i, text, Optional.empty(), new Label.None()));
    }
    return texts;
  }

  private static void label(TextBatch batch, Map<String, Tensor> outputs, StringBuilder csv) {
    Tensor pooled =
        outputs.values().stream().filter(t -> t.shape().size() == 2).findFirst().orElseThrow();
    for (int i = 0; i < batch.size(); i++) {
      String text = batch.examples().get(i).text();
      csv.append(text).append(',').append(largest(pooled, i)).append('\n');
    }
  }

  /** The index of the largest output of a row. */
  static int largest(Tensor outputs, int row) {
    int classes = Math.toIntExact(outputs.shape().getLast());
    return IntStream.range(0, classes)
        .reduce((a, b) -> outputs.get(row * classes + b) > outputs.get(row * classes + a) ? b : a)
        .orElseThrow();
  }

  private static String tokenizer() {
    String vocabulary =
        IntStream.range(0, WORDS)
            .mapToObj(w -> "\"w%d\": %d".formatted(w, w + 1))
            .collect(Collectors.joining(", "));
    return """
    {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
     "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
     "decoder": null,
     "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, %s}}}
    """
        .formatted(vocabulary);
  }
}
