import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.StorageDecision;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.core.rewrite.StorageResult;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.timing.GridShape;
import io.greenformers.engine.timing.PairTimer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier in every mode of storage, dense and factorized (plain SVD, a uniform share of the
 * linears' weights): bytes of the file, accuracy, and latency against the dense fp32 model.
 *
 * <p>{@code java -cp … benchmarks/Storage.java MODEL.onnx tokenizer.json dev.tsv RATIO}
 */
final class Storage {
  private static final int MOST_TOKENS = 64;
  private static final List<GridShape> GRID =
      List.of(
          new GridShape(1, 16), new GridShape(1, 64), new GridShape(8, 64), new GridShape(8, 256));

  private record Text(Map<String, Tensor> inputs, int label) {}

  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("storage");
    OnnxModel model = ModelReader.read(ModelFiles.of(Path.of(args[0])), scratch);
    List<Text> texts = texts(Path.of(args[1]), Path.of(args[2]));
    double ratio = Double.parseDouble(args[3]);
    Path dense = write(model, scratch);
    System.out.printf("%-26s %12s %6s %9s", "model", "bytes", "ratio", "accuracy");
    GRID.forEach(at -> System.out.printf(" %7s", at));
    System.out.println("   stored");
    row("dense", dense, dense, texts, "");
    modes("dense", model, dense, texts, scratch);
    OnnxModel factorized = factorize(model, ratio);
    String name = "low-rank %.2f".formatted(ratio);
    row(name, dense, write(factorized, scratch), texts, "");
    modes(name, factorized, dense, texts, scratch);
  }

  private static void modes(
      String name, OnnxModel model, Path dense, List<Text> texts, Path scratch) throws Exception {
    for (StorageMode mode : StorageMode.values()) {
      StorageResult result = new StoragePass(GraphIndex.of(model), mode).store(model);
      long stored =
          result.decisions().values().stream()
              .filter(StorageDecision.Stored.class::isInstance)
              .count();
      row(
          name + ", " + mode,
          dense,
          write(result.model(), scratch),
          texts,
          "%d of %d".formatted(stored, result.decisions().size()));
    }
  }

  private static OnnxModel factorize(OnnxModel model, double ratio) {
    GraphIndex index = GraphIndex.of(model);
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    Map<Site, Factors> factors = new LinkedHashMap<>();
    for (Site site : SiteFinder.find(model, index)) {
      int rank = (int) (ratio * site.breakEvenRank()) / 8 * 8;
      if (site.kind() == Site.Kind.LINEAR && site.obstacle().isEmpty() && rank > 0) {
        factors.put(site, source.truncate(site, source.decompose(site), rank));
      }
    }
    return new FactorizePass(index, factors).apply(model).model();
  }

  private static void row(
      String name, Path dense, Path file, List<Text> texts, String stored) throws Exception {
    System.out.printf(
        "%-26s %,12d %6.3f", name, Files.size(file), (double) Files.size(file) / Files.size(dense));
    try (ModelSession before = ModelSession.open(dense, Optimization.ALL);
        ModelSession after = ModelSession.open(file, Optimization.ALL)) {
      int right = 0;
      for (Text text : texts) {
        Tensor logits = after.run(text.inputs()).get("logits");
        right += (logits.get(1) > logits.get(0) ? 1 : 0) == text.label() ? 1 : 0;
      }
      System.out.printf(" %4d/%4d", right, texts.size());
      OnnxModel model = ModelReader.read(ModelFiles.of(dense), file.getParent());
      RandomInputs inputs =
          new RandomInputs(before.inputs(), TokenBounds.of(GraphIndex.of(model)), 7);
      PairTimer timer = new PairTimer(Duration.ofSeconds(2), Double.NaN);
      for (GridShape at : GRID) {
        try (Feed feed = Feed.of(inputs.next(at.batch(), at.sequence()))) {
          System.out.printf(" %7.3f", timer.time(before, after, feed, 1).ratio());
        }
      }
      System.out.printf("   %s%n", stored);
    }
  }

  private static Path write(OnnxModel model, Path scratch) throws Exception {
    return ModelWriter.write(model, Files.createTempDirectory(scratch, "model"), "model.onnx")
        .model();
  }

  private static List<Text> texts(Path tokenizer, Path tsv) throws Exception {
    try (HuggingFaceTokenizer reader =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(tokenizer)
            .optTruncation(true)
            .optPadding(false)
            .optMaxLength(MOST_TOKENS)
            .build()) {
      return Files.readAllLines(tsv).stream()
          .skip(1)
          .map(line -> {
            int tab = line.lastIndexOf('\t');
            Encoding tokens = reader.encode(line.substring(0, tab));
            return new Text(
                Map.of(
                    "input_ids", tensor(tokens.getIds()),
                    "attention_mask", tensor(tokens.getAttentionMask())),
                Integer.parseInt(line.substring(tab + 1).strip()));
          })
          .toList();
    }
  }

  private static Tensor tensor(long[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().put(values);
    return new Tensor(ElementType.INT64, List.of(1L, (long) values.length), bytes);
  }
}
