import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.timing.GridShape;
import io.greenformers.engine.timing.ModelPair;
import io.greenformers.engine.timing.PairTimer;
import io.greenformers.engine.timing.SiteTimings;
import io.greenformers.engine.timing.TimingFiles;
import io.greenformers.engine.timing.Verdict;
import io.greenformers.engine.timing.WholeModelCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compresses models to a uniform share of each site's weights, by three rules, and times them whole
 * against their originals: every site; the sites that are no slower alone; and what the check of
 * the whole model leaves of these.
 *
 * <p>{@code java -cp … benchmarks/NeverSlower.java RATIO MODEL.onnx…}
 */
final class NeverSlower {
  private static final int MULTIPLE_OF = 8;
  private static final int ROUNDS = 5;
  private static final Duration PER_ROUND = Duration.ofMillis(250);
  private static final List<GridShape> GRID = new ArrayList<>();

  static {
    for (int batch : new int[] {1, 8}) {
      for (int length : new int[] {16, 64, 256}) {
        GRID.add(new GridShape(batch, length));
      }
    }
  }

  private final double ratio;
  private final Path scratch;
  private double worst;

  private NeverSlower(double ratio, Path scratch) {
    this.ratio = ratio;
    this.scratch = scratch;
  }

  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("never-slower");
    NeverSlower benchmark = new NeverSlower(Double.parseDouble(args[0]), scratch);
    System.out.printf("%-18s %-22s", "model", "rule: sites");
    GRID.forEach(at -> System.out.printf(" %7s", at));
    System.out.println("  timing, checking");
    for (int i = 1; i < args.length; i++) {
      benchmark.run(Path.of(args[i]));
    }
    System.out.printf("worst ratio with the check: %.3f%n", benchmark.worst);
  }

  private void run(Path file) throws Exception {
    OnnxModel model = ModelReader.read(ModelFiles.of(file), scratch);
    try (var weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      Path directory = Files.createTempDirectory(scratch, "model");
      Path canonical = ModelWriter.write(model, directory, "model.onnx").model();
      List<Site> sites =
          SiteFinder.find(model, index).stream().filter(s -> s.obstacle().isEmpty()).toList();
      Map<Site, Integer> every = new LinkedHashMap<>();
      sites.forEach(s -> every.put(s, aligned(ratio * s.breakEvenRank())));
      every.entrySet().removeIf(e -> e.getValue() >= e.getKey().breakEvenRank());

      long start = System.nanoTime();
      TimingFiles files = new TimingFiles(canonical, directory.resolve("timings.json"), scratch);
      SiteTimings timings = SiteTimings.of(model, index, sites, GRID, files);
      Map<Site, Verdict> verdicts =
          timings.largestWinningRanks(sites, MULTIPLE_OF, (fraction, activity) -> {});
      Map<Site, Integer> winning = new LinkedHashMap<>();
      every.forEach((site, rank) -> {
        if (verdicts.get(site) instanceof Verdict.Wins wins) {
          winning.put(site, Math.min(rank, wins.largestRank()));
        }
      });
      long timed = System.nanoTime();
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Map<Site, FactorSource.FullRank> full = new LinkedHashMap<>();
      for (Site site : every.keySet()) {
        try {
          full.put(site, source.decompose(site));
        } catch (DecompositionException e) {
          System.out.println(site.name() + ": " + e.getMessage());
        }
      }
      every.keySet().retainAll(full.keySet());
      winning.keySet().retainAll(full.keySet());
      Path out = Files.createTempDirectory(scratch, "out");
      WholeModelCheck.Rewrite rewrite = ranks -> {
        Map<Site, Factors> factors = new LinkedHashMap<>();
        ranks.forEach((s, r) -> factors.put(s, source.truncate(s, full.get(s), r)));
        return ModelWriter.write(
                new FactorizePass(index, factors).apply(model).model(), out, "model.onnx")
            .model();
      };
      long checking = System.nanoTime();
      WholeModelCheck.Outcome outcome =
          new WholeModelCheck(timings, index, canonical, ModelPair.Bound.DEFAULT)
              .check(winning, rewrite, (fraction, activity) -> {});
      long checked = System.nanoTime();
      String name = file.getParent().getFileName().toString();
      row(name, "every", every, rewrite, index, canonical, timings.grid());
      row(name, "no slower alone", winning, rewrite, index, canonical, timings.grid());
      double most = row(name, "and checked", outcome.ranks(), rewrite, index, canonical, timings.grid());
      worst = Math.max(worst, most);
      System.out.printf("  %.1f s, %.1f s%n", (timed - start) / 1e9, (checked - checking) / 1e9);
      Map<String, Integer> reasons = new LinkedHashMap<>();
      verdicts.forEach((s, v) -> reasons.merge(
          "%s%s %s: %s".formatted(s.uses().getFirst().role().operator(), s.tensor().getDimsList(),
              v instanceof Verdict.Wins w ? "up to " + w.largestRank() : "dense", v.reason()), 1, Integer::sum));
      outcome.reverted().forEach((s, r) -> reasons.merge("reverted: " + r, 1, Integer::sum));
      reasons.forEach((reason, count) -> System.out.printf("    %d × %s%n", count, reason));
    }
  }

  private double row(
      String name,
      String rule,
      Map<Site, Integer> ranks,
      WholeModelCheck.Rewrite rewrite,
      GraphIndex index,
      Path canonical,
      List<GridShape> grid) {
    System.out.printf("%n%-18s %-15s: %5d", name, rule, ranks.size());
    Path compressed = rewrite.apply(ranks);
    Map<GridShape, List<Double>> rounds = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      // new sessions each time: their threads may have got the busier processor
      try (ModelSession before = ModelSession.open(canonical, Optimization.ALL);
          ModelSession after = ModelSession.open(compressed, Optimization.ALL)) {
        RandomInputs inputs = new RandomInputs(before.inputs(), TokenBounds.of(index), 7);
        // no bound to tell from: the whole time is spent on every shape
        PairTimer timer = new PairTimer(PER_ROUND, Double.NaN);
        for (GridShape at : grid) {
          try (Feed feed = Feed.of(inputs.next(at.batch(), at.sequence()))) {
            rounds
                .computeIfAbsent(at, a -> new ArrayList<>())
                .add(timer.time(before, after, feed, 1).ratio());
          }
        }
      }
    }
    double most = 0;
    for (List<Double> ratios : rounds.values()) {
      double median = ratios.stream().sorted().toList().get(ROUNDS / 2);
      most = Math.max(most, median);
      System.out.printf(" %7.3f", median);
    }
    return most;
  }

  private static int aligned(double rank) {
    int floor = (int) rank;
    return Math.max(1, floor < MULTIPLE_OF ? floor : floor - floor % MULTIPLE_OF);
  }
}
