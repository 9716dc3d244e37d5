import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextColumns;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.TextTask;
import io.greenformers.engine.evaluation.Accuracy;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compresses a classifier by every solver to several sizes, with and without training, and prints the
 * accuracy on a test set that nothing was chosen on. See quality.sh.
 */
final class Quality {
  private static final List<Double> SHARES = List.of(0.70, 0.50, 0.36, 0.25);

  private final Path model;
  private final Path data;
  private final Path tokenizer;
  private final Path work;
  private final List<Site> linears;
  private final long bytes;
  private final Map<String, Long> bounds;

  private Quality(Path model, Path data, Path tokenizer) throws IOException {
    this.model = model;
    this.data = data;
    this.tokenizer = tokenizer;
    this.work = Files.createTempDirectory("quality-");
    OnnxModel read = ModelReader.read(ModelFiles.of(model), work);
    try (WeightStore weights = read.weights()) {
      GraphIndex index = GraphIndex.of(read);
      bounds = TokenBounds.of(index);
      bytes = read.fileBytes();
      linears =
          SiteFinder.find(read, index).stream()
              .filter(s -> s.kind() == Site.Kind.LINEAR && s.fullRank() >= 64)
              .toList();
    }
  }

  public static void main(String[] args) throws Exception {
    Quality quality = new Quality(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    List<String> rows = args.length > 3 ? List.of(args[3].split(",")) : List.of("measured");
    System.out.printf("%-44s %8s %8s  %s%n", "", "bytes", "accuracy", "95 %, test set");
    quality.print("original", quality.model);
    for (String row : rows) {
      switch (row) {
        case "half" -> quality.row("half of the whole file", List.of("--size-ratio", "0.5"));
        case "recovered" -> quality.recovered();
        case "recovered-unlabelled" -> quality.recoveredMeasured(List.of("--label-weight", "0"));
        case "recovered-measured" -> quality.recoveredMeasured(List.of());
        case "recovered-half" -> quality.row("half of the whole file, recovered",
            quality.trained(List.of("--size-ratio", "0.5")));
        case "recovered-quarter" -> quality.row("a quarter of the whole file, recovered",
            quality.trained(List.of("--size-ratio", "0.25")));
        case "linformer" -> quality.linformer();
        case "drop" -> quality.row("accuracyDrop 0.01 on dev", List.of("--accuracy-drop", "0.01"));
        case "measured" -> quality.shares("activation-aware, measured ranks", share -> List.of(
            "--size-ratio", Double.toString(quality.sizeRatio(share)), "--kinds", "linear"));
        default -> quality.shares(row + ", uniform ranks", share -> List.of(
            "--solver", row, "--rank-policy", "uniform", "--ratio", Double.toString(share),
            "--kinds", "linear", "--no-never-slower"));
      }
    }
  }

  /** Attention over a few segments of sentences of 25 tokens, before and after one epoch. */
  private void linformer() throws Exception {
    for (int length : new int[] {16, 8}) {
      List<String> options = List.of(
          "--method", "linformer", "--projected-length", Integer.toString(length),
          "--sequence-lengths", "64", "--no-never-slower");
      row("Linformer, projected length %d".formatted(length), options);
      row("Linformer, projected length %d, recovered".formatted(length), trained(options));
    }
  }

  /** One epoch of the training set after uniform ranks. */
  private void recovered() throws Exception {
    for (double share : List.of(0.25, 0.15)) {
      row("recovered, %.0f %% of the linears".formatted(100 * share), trained(List.of(
          "--rank-policy", "uniform", "--ratio", Double.toString(share), "--kinds", "linear",
          "--no-never-slower")));
    }
  }

  /** One epoch of the training set after ranks by measured effects. */
  private void recoveredMeasured(List<String> more) throws Exception {
    for (double share : List.of(0.25, 0.15)) {
      List<String> options = new ArrayList<>(List.of(
          "--size-ratio", Double.toString(sizeRatio(share)), "--kinds", "linear",
          "--no-never-slower"));
      options.addAll(more);
      row("recovered %s, measured ranks, %.0f %% of the linears".formatted(more, 100 * share),
          trained(options));
    }
  }

  private List<String> trained(List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--train", data.resolve("train.tsv").toString(), "--recover"));
    return all;
  }

  private interface Options {
    List<String> of(double share);
  }

  private void shares(String name, Options options) throws Exception {
    for (double share : SHARES) {
      row("%s, %.0f %% of the linears".formatted(name, 100 * share), options.of(share));
    }
  }

  private void row(String name, List<String> options) throws Exception {
    Path out = Files.createTempDirectory(work, "out-");
    List<String> command = new ArrayList<>(List.of(
        "./greenformers", "compress", model.toString(), "--out", out.toString(), "--quiet",
        "--calibration", data.resolve("train.tsv").toString(),
        "--evaluation", data.resolve("dev.tsv").toString(),
        "--tokenizer", tokenizer.toString(), "--max-length", "64", "--label-column", "label",
        "--batch-sizes", "1", "--sequence-lengths", "32"));
    command.addAll(options);
    Path log = out.resolve("log");
    int exit = new ProcessBuilder(command)
        .redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    if (exit != 0 && exit != 3) {
      System.out.printf("%-44s %s%n", name, Files.readAllLines(log).getLast());
      return;
    }
    print(name, out.resolve("model.onnx"));
  }

  /** The size of the whole file with this share of the linears' weights. */
  private double sizeRatio(double share) {
    long weights = linears.stream().mapToLong(s -> s.type().bytes(s.parameters())).sum();
    return 1 - (1 - share) * weights / bytes;
  }

  private void print(String name, Path file) throws IOException {
    try (ModelSession session = ModelSession.open(file, Optimization.ALL)) {
      ExampleSets<TextExample> sets =
          ExampleSets.ofTexts(
              new ExampleSets.Sources(
                  Optional.empty(),
                  Optional.of(data.resolve("test.tsv")),
                  Optional.of(data.resolve("train.tsv"))),
              new ExampleSets.Reading(
                  Optional.empty(),
                  new TextColumns(Optional.empty(), Optional.empty(), Optional.of("label")),
                  TextTask.CLASSIFICATION),
              0);
      List<TextBatch> test =
          new TextBatches(session.inputs(), bounds)
              .of(sets.evaluation(Integer.MAX_VALUE / 2, true), tokenizer, 64);
      Accuracy accuracy = Accuracy.of(session, test);
      double p = accuracy.value();
      int n = accuracy.samples();
      // Wilson's score interval
      double z = 1.96;
      double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
      double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / (1 + z * z / n);
      System.out.printf(
          "%-44s %8.3f %8.4f  %.3f to %.3f (%d of %d)%n",
          name, (double) Files.size(file) / bytes, p, middle - half, middle + half,
          accuracy.right(), n);
    }
  }
}
