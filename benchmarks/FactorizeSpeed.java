import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import com.sun.management.OperatingSystemMXBean;
import io.greenformers.core.linalg.InputWeighting.None;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Reads a model, factorizes every linear and embedding at one rank, writes it, and prints the time
 * of each part; with {@code check}, the truncation error of every site against the optimum instead.
 *
 * <p>{@code generate FILE DECAY}: an ONNX file of BERT-base shapes (48 × 768², 24 × 768×3072), Gaussian,
 * columns scaled by exp(−DECAY·j/n). {@code run FILE RANK}; {@code check FILE [RANK]}.
 */
final class FactorizeSpeed {
  private static final long MEMORY_BYTES = 256L << 20;

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    switch (args[0]) {
      case "generate" -> generate(file, Double.parseDouble(args[2]));
      case "run" -> run(file, Integer.parseInt(args[2]));
      case "check" -> check(file, args.length > 2 ? Integer.parseInt(args[2]) : 0);
      default -> throw new IllegalArgumentException("unknown: " + args[0]);
    }
  }

  private static void run(Path file, int rank) throws IOException {
    Path directory = Files.createTempDirectory("factorize-speed");
    long start = System.nanoTime();
    // OpenBLAS loads while the model is read
    CompletableFuture<SvdSolver> loading = CompletableFuture.supplyAsync(SvdSolver::best);
    OnnxModel model = ModelReader.read(ModelFiles.of(file), directory);
    try (WeightStore weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      List<Site> sites = open(model, index);
      double read = seconds(start);
      start = System.nanoTime();
      FactorSource source = new FactorSource(weights, loading.join());
      double load = seconds(start);
      start = System.nanoTime();
      List<Factors> factors =
          SiteWorkers.perCore(MEMORY_BYTES)
              .map(
                  sites,
                  s -> FactorSource.workingBytes(s, new None(), rank),
                  s -> source.decompose(s, new None(), rank).factors());
      double decompose = seconds(start);
      start = System.nanoTime();
      Map<Site, Factors> bySite = new LinkedHashMap<>();
      IntStream.range(0, sites.size()).forEach(i -> bySite.put(sites.get(i), factors.get(i)));
      OnnxModel compressed = new FactorizePass(index, bySite).apply(model).model();
      double rewrite = seconds(start);
      start = System.nanoTime();
      Path out = Files.createDirectories(directory.resolve("out"));
      ModelWriter.write(compressed, out, "model.onnx");
      double write = seconds(start);
      double whole = (System.currentTimeMillis()
              - ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli())
          / 1e3;
      double cpu = cpuSeconds();
      long peak = peakBytes();
      long bytes = Files.size(file);
      System.out.printf(
          "%d sites at rank %d; file %.0f MB, written %.0f MB%n",
          sites.size(), rank, bytes / 1e6, Files.size(out.resolve("model.onnx")) / 1e6);
      System.out.printf(
          "read %.2f s, statistics 0 s (plain SVD needs none), waiting for OpenBLAS %.2f s, SVD %.2f s"
              + " (reading weights and appending factors included), rewrite %.2f s, write %.2f s%n",
          read, load, decompose, rewrite, write);
      System.out.printf(
          "sum %.2f s; the whole process with the JVM's start %.2f s, of all cores' time"
              + " %.2f s; peak RSS %.0f MB = %.2f x the file%n",
          read + load + decompose + rewrite + write, whole, cpu, peak / 1e6, (double) peak / bytes);
      double gemm = gemm();
      double flops = sites.stream().mapToDouble(s -> leastFlops(s, rank)).sum();
      System.out.printf(
          "SVD: %.1f GFLOP that any way by a Gram matrix needs (Gram, product), %.0f GFLOP/s; sgemm"
              + " on as many threads, same run: %.0f GFLOP/s%n",
          flops / 1e9, flops / decompose / 1e9, gemm / 1e9);
    } finally {
      delete(directory);
    }
  }

  /** FLOP/s of one sgemm per core at once, 1024³ each. */
  private static double gemm() {
    int n = 1024;
    int rounds = 10;
    int threads = Runtime.getRuntime().availableProcessors();
    List<FloatPointer> memory = new ArrayList<>();
    IntStream.range(0, 3 * threads).forEach(i -> memory.add(floats((long) n * n)));
    long start = System.nanoTime();
    new SiteWorkers(threads, MEMORY_BYTES)
        .map(
            IntStream.range(0, threads).boxed().toList(),
            i -> 1,
            i -> {
              for (int round = 0; round < rounds; round++) {
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, memory.get(3 * i), n,
                    memory.get(3 * i + 1), n, 0, memory.get(3 * i + 2), n);
              }
              return i;
            });
    double elapsed = seconds(start);
    memory.forEach(FloatPointer::close);
    return 2.0 * n * n * n * rounds * threads / elapsed;
  }

  private static FloatPointer floats(long size) {
    FloatPointer floats = new FloatPointer(size);
    for (long i = 0; i < size; i++) {
      floats.put(i, 1);
    }
    return floats;
  }

  /** n²m of the Gram matrix, 2mnr of the product. */
  private static double leastFlops(Site site, int rank) {
    return (double) site.parameters() * (site.fullRank() + 2.0 * rank);
  }

  /** ‖A − LR‖ from the stored factors, in fp64, against the optimum of the exact decomposition. */
  private static void check(Path file, int rank) throws IOException {
    Path directory = Files.createTempDirectory("factorize-check");
    OnnxModel model = ModelReader.read(ModelFiles.of(file), directory);
    double worst = 0;
    try (WeightStore weights = model.weights()) {
      List<Site> sites = open(model, GraphIndex.of(model));
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      System.out.println("| site | shape | rank | error / optimum | claimed / optimum | time, ms |");
      System.out.println("|---|---|---|---|---|---|");
      for (Site site : sites) {
        FullRank exact = source.decompose(site);
        for (double share : rank > 0 ? new double[] {rank} : new double[] {0.7, 0.5, 0.36, 0.25}) {
          int r = rank > 0 ? rank : (int) (share * site.breakEvenRank());
          if (r < 1 || r >= site.fullRank()) {
            continue;
          }
          long start = System.nanoTime();
          FullRank fast = source.decompose(site, new None(), r);
          double ms = seconds(start) * 1e3;
          double optimum = exact.spectrum().truncationError(r);
          double ratio = error(weights, site, fast.factors()) / optimum;
          worst = Math.max(worst, ratio);
          System.out.printf(
              "| %s | %d x %d | %d | %.5f | %.5f | %.1f |%n",
              site.name(), site.rows(), site.columns(), r, ratio,
              fast.spectrum().truncationError(r) / optimum, ms);
        }
      }
    } finally {
      delete(directory);
    }
    System.out.printf("worst: %.5f%n", worst);
  }

  private static double error(WeightStore weights, Site site, Factors factors) {
    float[] w = weights.floats(site.tensor());
    float[] left = weights.floats(factors.left());
    float[] right = weights.floats(factors.right());
    int rank = (int) factors.rank();
    boolean transposed = site.allTransposed();
    int rows = left.length / rank;
    int columns = right.length / rank;
    return Math.sqrt(
        IntStream.range(0, rows)
            .parallel()
            .mapToDouble(i -> {
              double[] row = new double[columns];
              for (int k = 0; k < rank; k++) {
                double l = left[i * rank + k];
                for (int j = 0; j < columns; j++) {
                  row[j] += l * right[k * columns + j];
                }
              }
              double sum = 0;
              for (int j = 0; j < columns; j++) {
                double d = w[transposed ? j * rows + i : i * columns + j] - row[j];
                sum += d * d;
              }
              return sum;
            })
            .sum());
  }

  private static List<Site> open(OnnxModel model, GraphIndex index) {
    return SiteFinder.find(model, index).stream().filter(s -> s.obstacle().isEmpty()).toList();
  }

  private static void generate(Path file, double decay) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("bert-base-linears");
    graph.addInput(value("x", 768)).addOutput(value("y", 768));
    String last = "x";
    for (int layer = 0; layer < 12; layer++) {
      int[][] shapes = {{768, 768}, {768, 768}, {768, 768}, {768, 768}, {768, 3072}, {3072, 768}};
      for (int i = 0; i < shapes.length; i++) {
        String name = "layer%d.%d".formatted(layer, i);
        graph.addInitializer(weight(name + ".weight", shapes[i][0], shapes[i][1], decay));
        String out = layer == 11 && i == 5 ? "y" : name + ".out";
        graph.addNode(
            NodeProto.newBuilder()
                .setName(name)
                .setOpType("MatMul")
                .addInput(last)
                .addInput(name + ".weight")
                .addOutput(out));
        last = out;
      }
    }
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    Files.write(file, model.toByteArray());
  }

  private static TensorProto weight(String name, int rows, int columns, double decay) {
    Random random = new Random(name.hashCode());
    ByteBuffer bytes =
        ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    double[] scales =
        IntStream.range(0, columns)
            .mapToDouble(j -> 0.02 * Math.exp(-decay * j / columns))
            .toArray();
    for (int i = 0; i < rows * columns; i++) {
      bytes.putFloat((float) (random.nextGaussian() * scales[i % columns]));
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(rows)
        .addDims(columns)
        .setRawData(com.google.protobuf.ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private static ValueInfoProto value(String name, int width) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  private static void delete(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (var walk = Files.walk(directory)) {
      walk.forEach(paths::add);
    }
    for (Path path : paths.reversed()) {
      Files.delete(path);
    }
  }

  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    return !Files.exists(status)
        ? -1
        : Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .sum();
  }

  private static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
        ? os.getProcessCpuTime() / 1e9
        : -1;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
