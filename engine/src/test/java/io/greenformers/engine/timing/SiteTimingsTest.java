package io.greenformers.engine.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a small BERT. No test says how long anything takes. */
final class SiteTimingsTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final List<GridShape> GRID = List.of(new GridShape(1, 8), new GridShape(3, 16));

  @TempDir Path directory;

  private OnnxModel model;
  private GraphIndex index;
  private List<Site> sites;
  private Path canonical;

  @BeforeEach
  void read() throws IOException {
    model = ModelReader.read(ModelFiles.of(BERT), directory);
    index = GraphIndex.of(model);
    sites = SiteFinder.find(model, index);
    canonical =
        ModelWriter.write(model, Files.createDirectory(directory.resolve("c")), "model.onnx")
            .model();
  }

  @AfterEach
  void close() {
    model.weights().close();
  }

  @Test
  void asksTheRuntimeForTheShapesOfOperands() {
    Set<GraphIndex.Value> values = new LinkedHashSet<>();
    sites.forEach(s -> values.addAll(new SiteNodes(index, s).computed()));
    OperandShapes shapes = OperandShapes.of(model, index, canonical, values, GRID);
    assertThat(shapes.grid()).isEqualTo(GRID);
    for (Site site : sites) {
      for (GraphIndex.Value value : new SiteNodes(index, site).computed()) {
        List<Long> shape = shapes.shape(value, GRID.get(1));
        if (site.kind() == Site.Kind.LINEAR) {
          assertThat(shape.getLast()).isIn((long) site.rows(), (long) site.columns());
        }
        assertThat(shape.getFirst()).isIn(1L, 3L, 16L);
      }
    }
    assertThat(canonical.resolveSibling("shapes-model.onnx")).doesNotExist();
  }

  @Test
  void leavesOutShapesThatTheModelDoesNotRunAt() {
    List<GridShape> grid = List.of(new GridShape(1, 8), new GridShape(1, 100_000));
    assertThat(timings(grid).grid()).containsExactly(new GridShape(1, 8));
  }

  @Test
  void timesEverySiteAndRemembersWhatItMeasured() throws IOException {
    SiteTimings first = timings(GRID);
    Map<Site, Verdict> verdicts = first.largestWinningRanks(sites, 8, (f, a) -> {});
    assertThat(verdicts.keySet()).containsExactlyElementsOf(sites);
    assertThat(verdicts.values()).noneMatch(v -> v instanceof Verdict.Untimed);
    PairTiming timing = first.timing(sites.getFirst(), 4, GRID.getFirst());
    assertThat(timing.denseMs()).isPositive();
    assertThat(timing.factorizedMs()).isPositive();

    byte[] cache = Files.readAllBytes(directory.resolve("timings.json"));
    SiteTimings second = timings(GRID);
    assertThat(second.largestWinningRanks(sites, 8, (f, a) -> {})).isEqualTo(verdicts);
    assertThat(second.timing(sites.getFirst(), 4, GRID.getFirst())).isEqualTo(timing);
    assertThat(directory.resolve("timings.json")).hasBinaryContent(cache);
    try (var left = Files.list(directory)) {
      assertThat(left.filter(f -> f.getFileName().toString().startsWith("site-"))).isEmpty();
    }
  }

  @Test
  void timesSitesOfOneKindOnce() {
    List<String> told = new ArrayList<>();
    SiteTimings timings = timings(GRID);
    timings.largestWinningRanks(sites, 8, (fraction, activity) -> told.add(activity));
    assertThat(told).hasSize((int) sites.stream().map(timings::kind).distinct().count());
    assertThat(told.size()).isLessThan(sites.size());
  }

  @Test
  void stopsWhereProgressThrows() {
    SiteTimings timings = timings(GRID);
    assertThatThrownBy(() ->
            timings.largestWinningRanks(
                sites,
                8,
                (fraction, activity) -> {
                  throw new IllegalStateException("cancelled");
                }))
        .hasMessage("cancelled");
  }

  @Test
  void forgetsTimingsOfAnotherMachineAndBrokenFiles() throws IOException {
    Path file = directory.resolve("cache.json");
    TimingCache cache = new TimingCache(file, "one");
    PairTiming timing = new PairTiming(1, 2, 2, 9);
    cache.put("key", timing);
    cache.save();
    assertThat(new TimingCache(file, "one").get("key")).contains(timing);
    assertThat(new TimingCache(file, "another").get("key")).isEmpty();
    Files.writeString(file, "{\"schemaVersion\": 1");
    assertThat(new TimingCache(file, "one").get("key")).isEmpty();
  }

  /** Factors of sixteen times the weights and more are slower on any machine. */
  @Test
  void revertsKindsOfSitesUntilTheWholeModelIsNoSlower() {
    SiteTimings timings = timings(List.of(new GridShape(8, 64)));
    Map<Site, Integer> ranks = new LinkedHashMap<>();
    sites.stream()
        .filter(s -> s.kind() == Site.Kind.LINEAR && s.fullRank() > 8)
        .forEach(s -> ranks.put(s, 16 * s.fullRank()));
    WeightStore.Elements elements = new RandomTensors(1).elements();
    WholeModelCheck.Rewrite rewrite =
        open -> {
          Map<Site, Factors> factors = new LinkedHashMap<>();
          open.forEach(
              (s, rank) -> factors.put(s, SiteBench.factors(model.weights(), elements, s, rank)));
          OnnxModel slow = new FactorizePass(index, factors).apply(model).model();
          return ModelWriter.write(slow, directory, "slow.onnx").model();
        };
    WholeModelCheck.Outcome outcome =
        new WholeModelCheck(
                timings, index, canonical, new ModelPair.Bound(1.5, Duration.ofSeconds(1)))
            .check(ranks, rewrite, (f, a) -> {});
    assertThat(outcome.reverted().size() + outcome.ranks().size()).isEqualTo(ranks.size());
    assertThat(outcome.reverted()).isNotEmpty();
    assertThat(outcome.latency().values()).allMatch(t -> t.ratio() <= 1.5);
  }

  private SiteTimings timings(List<GridShape> grid) {
    TimingFiles files = new TimingFiles(canonical, directory.resolve("timings.json"), directory);
    return SiteTimings.of(model, index, sites, grid, files);
  }
}
