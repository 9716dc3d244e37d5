package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.plan.Effect;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.timing.Verdict;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RankChooserTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final double RATIO = 0.7;

  @TempDir Path directory;

  private Subject subject;
  private Map<Site, Effect> effects;

  @BeforeEach
  void read() throws Exception {
    OnnxModel model = ModelReader.read(ModelFiles.of(BERT), directory);
    Path canonical =
        ModelWriter.write(
                model, Files.createDirectory(directory.resolve("canonical")), "model.onnx")
            .model();
    GraphIndex index = GraphIndex.of(model);
    List<Site> sites = SiteFinder.find(model, index);
    Subject all = new Subject(model, index, canonical, canonical, false, sites, Map.of());
    subject = all.without(SmallTables.objections(all));
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    effects = new LinkedHashMap<>();
    subject.open().forEach(s -> effects.put(s, new Effect(source.spectrum(s, s.fullRank()), 1)));
  }

  @Test
  void aTableBelowOneHundredthOfTheFileStaysDense() {
    assertThat(subject.objections().keySet())
        .extracting(Site::name)
        .containsExactly("/m/bert/embeddings/token_type_embeddings/Gather");
    assertThat(subject.objections().values())
        .allSatisfy(why -> assertThat(why).startsWith("is 0.0008 of the file"));
  }

  @Test
  void ranksWithinASizeFitIntoItAndUseIt() {
    RankChooser chooser = chooser(SpeedLimits.NONE);
    assertThat(chooser.ratio(chooser.within(RATIO).ranks(effects))).isBetween(RATIO - 0.02, RATIO);
    assertThat(chooser.ratio(chooser.uniform(RATIO, spectra()).ranks())).isLessThan(RATIO);
    assertThat(chooser.leastRatio(effects)).isBetween(0.1, RATIO - 0.1);
  }

  @Test
  void aSiteIsGivenNoRankThatIsSlowerWhereTheSizeCanBeReachedWithout() {
    Site fast = linear("layer.0/intermediate");
    Site slow = linear("layer.1/intermediate");
    SpeedLimits limits =
        new SpeedLimits(
            Map.of(
                fast, new Verdict.Wins(16, "rank 24 is slower"), slow, loses("dense is faster")));
    Map<Site, Integer> ranks = chooser(limits).within(RATIO).ranks(effects);
    assertThat(ranks).doesNotContainKey(slow);
    assertThat(ranks.get(fast)).isNotNull().isLessThanOrEqualTo(16);
    SpeedLimits one = new SpeedLimits(Map.of(slow, loses("dense is faster")));
    assertThat(chooser(one).uniform(RATIO, spectra()).ranks()).doesNotContainKey(slow);
  }

  @Test
  void theSizeComesBeforeTheSpeedWhereBothCannotBeHad() {
    Map<Site, Verdict> verdicts = new LinkedHashMap<>();
    subject.open().forEach(s -> verdicts.put(s, loses("dense is faster")));
    RankChooser chooser = chooser(new SpeedLimits(verdicts));
    assertThat(chooser.ratio(chooser.within(RATIO).ranks(effects))).isLessThanOrEqualTo(RATIO);
    assertThat(chooser.ratio(chooser.uniform(RATIO, spectra()).ranks())).isLessThanOrEqualTo(RATIO);
  }

  @Test
  void foundRanksSayWhyAndSoDoSitesThatAreSlower() {
    Site found = linear("layer.0/intermediate");
    Site slow = linear("layer.1/intermediate");
    CompressionPlan plan =
        chooser(new SpeedLimits(Map.of(slow, loses("dense is faster"))))
            .found(Map.of(found, 8), "it was found");
    assertThat(plan.ranks()).containsExactly(Map.entry(found, 8));
    assertThat(plan.decisions().get(found)).isEqualTo(new Decision.Factorize(8, "it was found"));
    assertThat(plan.decisions().get(slow)).isEqualTo(new Decision.Keep("dense is faster"));
  }

  private RankChooser chooser(SpeedLimits limits) {
    return new RankChooser(
        RequestDocument.parseJson(
            "{\"model\": \"m\", \"budget\": {\"sizeRatio\": %s}}".formatted(RATIO)),
        subject,
        limits);
  }

  private static Verdict loses(String why) {
    return new Verdict.Loses(why);
  }

  private Map<Site, Spectrum> spectra() {
    Map<Site, Spectrum> spectra = new LinkedHashMap<>();
    effects.forEach((site, effect) -> spectra.put(site, effect.spectrum()));
    return spectra;
  }

  private Site linear(String part) {
    return subject.open().stream().filter(s -> s.name().contains(part)).findFirst().orElseThrow();
  }
}
