package io.greenformers.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.rewrite.ExactFactors;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.rewrite.RankMasks;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.calibration.Calibration;
import io.greenformers.engine.calibration.InputCounts;
import io.greenformers.engine.calibration.Observations;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small BERT, with products, tables and a classifier, decomposed for its own inputs. */
final class RankProbeTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");

  /** fp32, through two layers. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path directory;

  private OnnxModel model;
  private GraphIndex index;
  private FactorSource source;
  private List<Map<String, Tensor>> inputs;
  private final Map<Site, FactorSource.FullRank> full = new LinkedHashMap<>();
  private final Map<Site, MeanShift> shifts = new LinkedHashMap<>();

  @BeforeEach
  void decompose() {
    model = ModelReader.read(ModelFiles.of(BERT), directory);
    index = GraphIndex.of(model);
    source = new FactorSource(model.weights(), SvdSolver.best());
    List<Site> sites =
        SiteFinder.find(model, index).stream().filter(s -> s.obstacle().isEmpty()).toList();
    try (ModelSession session = ModelSession.open(write(model), Optimization.NONE)) {
      RandomInputs random = new RandomInputs(session.inputs(), TokenBounds.of(index), 3);
      inputs = List.of(random.next(3, 8), random.next(2, 5));
    }
    Calibration calibration = new Calibration(model, index, inputs, InputCounts.none());
    try (Observations seen = calibration.observe(sites, this::write, f -> {})) {
      for (Site site : sites) {
        boolean centered = seen.moments(site).isPresent() && BiasSlot.inEveryUse(index, site);
        FactorSource.FullRank factors =
            source.decompose(site, seen.weighting(site, centered), Integer.MAX_VALUE);
        full.put(site, factors);
        if (centered) {
          shifts.put(
              site, source.meanShift(site, factors.factors(), seen.moments(site).orElseThrow()));
        }
      }
    }
  }

  @AfterEach
  void close() {
    model.weights().close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 1000})
  void isTheRewriteAtAnyRank(int most) {
    Map<Site, Integer> ranks = new LinkedHashMap<>();
    Map<Site, Factors> truncated = new LinkedHashMap<>();
    full.forEach((site, factors) -> {
      int rank = Math.min(most, site.fullRank());
      Factors some = source.truncate(site, factors, rank);
      ranks.put(site, rank);
      truncated.put(
          site,
          shifts.containsKey(site) ? some.correctedBy(shifts.get(site).correction(rank)) : some);
    });
    OnnxModel rewritten = new FactorizePass(index, truncated).apply(model).model();
    assertThat(shifts).as("sites whose bias is corrected").isNotEmpty();
    assertSame(run(rewritten), ranks);
  }

  @Test
  void isTheOriginalWhereNoRankIsGiven() {
    assertSame(run(model), Map.of());
  }

  @Test
  void exactFactorsChangeNothing() {
    ExactFactors exact = new ExactFactors(model.weights());
    Map<Site, Factors> factors = new LinkedHashMap<>();
    full.keySet().forEach(site -> factors.put(site, exact.of(site)));
    OnnxModel rewritten = new FactorizePass(index, factors).apply(model).model();
    List<Map<String, Tensor>> expected = run(model);
    List<Map<String, Tensor>> found = run(rewritten);
    Parity parity = Parity.NONE;
    for (int i = 0; i < expected.size(); i++) {
      parity = parity.with(expected.get(i), found.get(i));
    }
    assertThat(parity.maxRelative()).isLessThan(TOLERANCE);
  }

  @Test
  void searchedRanksAreNoWorseThanUniformOnes() {
    Map<Site, Integer> uniform = new LinkedHashMap<>();
    Map<Site, Spectrum> spectra = new LinkedHashMap<>();
    full.forEach((site, factors) -> {
      uniform.put(site, Math.max(1, site.fullRank() / 3));
      spectra.put(site, factors.spectrum());
    });
    try (RankProbe probe = probe()) {
      RankSearch search = new RankSearch(probe, spectra, inputs, (fraction, activity) -> {});
      // an allocator that ruins the model must not win
      RankSearch.Found kept =
          search.search(
              uniform,
              effects -> {
                Map<Site, Integer> ruined = new LinkedHashMap<>();
                effects.keySet().forEach(site -> ruined.put(site, 1));
                return ruined;
              });
      assertThat(kept.ranks()).isEqualTo(uniform);
      assertThat(kept.distortion()).isEqualTo(search.measure(uniform));
      // and one that restores it must
      assertThat(search.search(uniform, effects -> Map.of()).ranks()).isEmpty();
    }
  }

  private void assertSame(List<Map<String, Tensor>> expected, Map<Site, Integer> ranks) {
    List<Parity> parities = new ArrayList<>();
    try (RankProbe probe = probe()) {
      probe.run(
          ranks,
          inputs,
          (batch, outputs) -> parities.add(Parity.NONE.with(expected.get(batch), outputs)));
    }
    assertThat(parities)
        .hasSameSizeAs(inputs)
        .allSatisfy(p -> assertThat(p.maxRelative()).isLessThan(TOLERANCE));
  }

  private RankProbe probe() {
    RankMasks masks = new RankMasks();
    Map<Site, Factors> factors = new LinkedHashMap<>();
    full.forEach((site, f) -> factors.put(site, f.factors()));
    OnnxModel masked = FactorizePass.masked(index, factors, masks).apply(model).model();
    Map<Site, double[]> means = new LinkedHashMap<>();
    shifts.forEach((site, shift) -> means.put(site, shift.between()));
    return RankProbe.open(write(masked), masks, means);
  }

  private List<Map<String, Tensor>> run(OnnxModel other) {
    try (ModelSession session = ModelSession.open(write(other), Optimization.NONE)) {
      return inputs.stream().map(session::run).toList();
    }
  }

  private Path write(OnnxModel other) {
    try {
      Path to = Files.createTempDirectory(directory, "written");
      return ModelWriter.write(other, to, "model.onnx").model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
