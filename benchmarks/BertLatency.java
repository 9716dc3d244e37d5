import com.sun.management.OperatingSystemMXBean;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dense against low-rank on BERT-base's shapes, in the same process, interleaved, all with every
 * optimisation of ONNX Runtime: dense, dense with our fusions, the plain rewrite, and the rewrite
 * with our fusions.
 *
 * <p>{@code java -cp core.jar:engine.jar:lib/* benchmarks/BertLatency.java DIRECTORY RATIO RUNS LAYERS}
 */
final class BertLatency {
  private static final int[][] GRID = {{1, 32}, {1, 128}, {8, 128}};
  private static final int WARM = 2;

  private final Path directory;
  private final Map<String, Path> variants = new LinkedHashMap<>();

  private BertLatency(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws IOException {
    BertLatency benchmark = new BertLatency(Files.createDirectories(Path.of(args[0])));
    Map<String, Long> bounds =
        benchmark.build(Double.parseDouble(args[1]), Integer.parseInt(args[3]));
    benchmark.count();
    benchmark.time(bounds, Integer.parseInt(args[2]));
    Runtime.getRuntime().halt(0);
  }

  private Map<String, Long> build(double ratio, int layers) throws IOException {
    Path file = directory.resolve("bert.onnx");
    Files.write(file, BertModel.of(layers).toByteArray());
    OnnxModel dense = ModelReader.read(ModelFiles.of(file), directory);
    GraphIndex index = GraphIndex.of(dense);
    FactorSource source = new FactorSource(dense.weights(), SvdSolver.best());
    Map<Site, Factors> full = new LinkedHashMap<>();
    Map<Site, Factors> low = new LinkedHashMap<>();
    for (Site site : SiteFinder.find(dense, index)) {
      if (site.kind() == Site.Kind.LINEAR) {
        FactorSource.FullRank factors = source.decompose(site);
        int rank = (int) (ratio * site.breakEvenRank()) / 8 * 8;
        full.put(site, factors.factors());
        low.put(site, source.truncate(site, factors, rank));
      }
    }
    OnnxModel plain = new FactorizePass(index, low).apply(dense).model();
    write("dense", dense);
    write("dense, fused", fused(dense));
    write("low-rank, plain", plain);
    write("low-rank, fused", fused(plain));
    Map<String, Long> bounds = TokenBounds.of(index);
    parity(fused(new FactorizePass(index, full).apply(dense).model()), bounds);
    return bounds;
  }

  private static OnnxModel fused(OnnxModel model) {
    return new FuseSkipNormPass().apply(new FuseAttentionPass().apply(model).model()).model();
  }

  private void write(String name, OnnxModel model) throws IOException {
    Path into = Files.createDirectories(directory.resolve(name.replaceAll("\\W+", "-")));
    variants.put(name, ModelWriter.write(model, into, "model.onnx").model());
  }

  private void parity(OnnxModel full, Map<String, Long> bounds) throws IOException {
    Path path =
        ModelWriter.write(full, Files.createDirectories(directory.resolve("full")), "model.onnx")
            .model();
    Parity parity = Parity.NONE;
    try (ModelSession reference = ModelSession.open(variants.get("dense"), Optimization.NONE);
        ModelSession other = ModelSession.open(path, Optimization.ALL)) {
      RandomInputs inputs = new RandomInputs(reference.inputs(), bounds, 5);
      for (int batch = 1; batch <= 2; batch++) {
        Map<String, Tensor> input = inputs.next(batch, 16 * batch);
        parity = parity.with(reference.run(input), other.run(input));
      }
    }
    System.out.printf(
        "full rank, fused, against dense: max relative difference %.1e%n", parity.maxRelative());
    Files.delete(path);
  }

  private void count() throws IOException {
    for (Map.Entry<String, Path> variant : variants.entrySet()) {
      System.out.printf(
          "%-16s %4d MB, fused operators %s%n",
          variant.getKey(),
          Files.size(variant.getValue()) / 1_000_000,
          FusedOperators.of(variant.getValue()).counts());
    }
  }

  private void time(Map<String, Long> bounds, int runs) {
    List<ModelSession> sessions =
        variants.values().stream().map(p -> ModelSession.open(p, Optimization.ALL)).toList();
    for (int[] shape : GRID) {
      RandomInputs inputs = new RandomInputs(sessions.getFirst().inputs(), bounds, 3);
      try (Feed feed = Feed.of(inputs.next(shape[0], shape[1]))) {
        int repeats = shape[0] * shape[1] > 512 ? Math.max(5, runs / 4) : runs;
        print(shape, interleaved(sessions, feed, repeats));
      }
    }
  }

  /** Wall time of every run, and the processor time of all runs of each session together. */
  private record Times(double[][] milliseconds, double[] processor) {}

  private static Times interleaved(List<ModelSession> sessions, Feed feed, int repeats) {
    OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double[][] milliseconds = new double[sessions.size()][repeats];
    double[] processor = new double[sessions.size()];
    for (int run = -WARM; run < repeats; run++) {
      for (int i = 0; i < sessions.size(); i++) {
        long before = system.getProcessCpuTime();
        double time = sessions.get(i).time(feed) / 1e6;
        if (run >= 0) {
          milliseconds[i][run] = time;
          processor[i] += (system.getProcessCpuTime() - before) / 1e6 / repeats;
        }
      }
    }
    return new Times(milliseconds, processor);
  }

  /** Medians; ratios are medians of the ratios of neighbouring runs, which noise shifts least. */
  private void print(int[] shape, Times all) {
    double[][] milliseconds = all.milliseconds();
    double[] processor = all.processor();
    System.out.printf("%d x %d%n", shape[0], shape[1]);
    int i = 0;
    for (String name : variants.keySet()) {
      double[] times = milliseconds[i];
      double[] ratios = new double[times.length];
      for (int run = 0; run < times.length; run++) {
        ratios[run] = milliseconds[0][run] / times[run];
      }
      System.out.printf(
          "  %-16s median %8.2f ms, least %8.2f ms, processor %8.2f ms;"
              + " times as fast as dense: %.2f, %.2f, %.2f%n",
          name,
          median(times),
          least(times),
          processor[i],
          median(ratios),
          least(milliseconds[0]) / least(times),
          processor[0] / processor[i]);
      i++;
    }
  }

  private static double least(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
