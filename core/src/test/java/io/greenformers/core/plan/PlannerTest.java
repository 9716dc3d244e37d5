package io.greenformers.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlannerTest {
  private static final FileSize NO_SIZE = new FileSize(1, 1, site -> 0);

  /** mn/(m+n) = 76.8. */
  private static final Site SQUARISH = site("encoder/fc1", Site.Kind.LINEAR, 128, 192);

  /** mn/(m+n) = 9.6. */
  private static final Site SMALL = site("head", Site.Kind.LINEAR, 12, 48);

  @Test
  void uniformKeepsTheSameShareOfEverySite() {
    // ⌊0.5·76.8⌋ = 38, ⌊0.5·9.6⌋ = 4
    assertThat(ranks(new RankPolicy.Uniform(0.5), 1)).containsExactly(38, 4);
  }

  @Test
  void ranksAreAlignedDownButNeverToNothing() {
    assertThat(ranks(new RankPolicy.Uniform(0.5), 8)).containsExactly(32, 4);
    assertThat(ranks(new RankPolicy.Fixed(3), 8)).containsExactly(3, 3);
  }

  @Test
  void aRankThatSavesNothingKeepsTheSite() {
    CompressionPlan plan = plan(new RankPolicy.Fixed(10), 1);
    assertThat(plan.ranks()).containsOnlyKeys(SQUARISH);
    assertThat(plan.decisions().get(SMALL))
        .isInstanceOf(Decision.Keep.class)
        .extracting(Decision::reason)
        .asString()
        .contains("break-even rank is 9.6");
  }

  @Test
  void manualNamesSitesAndKeepsTheOthers() {
    CompressionPlan plan = plan(new RankPolicy.Manual(Map.of("head", 5)), 8);
    assertThat(plan.ranks()).containsExactly(Map.entry(SMALL, 5));
    assertThat(plan.decisions().get(SQUARISH))
        .extracting(Decision::reason)
        .asString()
        .contains("no manual rank");
  }

  @Test
  void fullRankIgnoresTheBreakEven() {
    assertThat(ranks(new RankPolicy.Full(), 8)).containsExactly(128, 12);
  }

  @Test
  void theBudgetIsOfTheWholeFile() {
    long weights = 4 * (SQUARISH.parameters() + SMALL.parameters());
    long other = 50_000;
    FileSize size = new FileSize(weights + other, weights + other, site -> 0);
    for (double ratio : new double[] {0.9, 0.75, 0.6}) {
      CompressionPlan plan =
          new Planner(new RankPolicy.Budget(ratio), 1, size)
              .plan(List.of(SQUARISH, SMALL), Map.of(), Map.of());
      long predicted = size.predict(plan.ranks());
      assertThat(predicted).isLessThanOrEqualTo((long) (ratio * size.originalBytes()));
      // and not much less: one rank of every site
      assertThat(predicted)
          .isGreaterThan((long) (ratio * size.originalBytes()) - 4 * (320 + 60) * 2);
    }
  }

  @Test
  void anObjectionIsTheReason() {
    CompressionPlan plan =
        new Planner(new RankPolicy.Uniform(0.5), 1, NO_SIZE)
            .plan(List.of(SQUARISH, SMALL), Map.of(SMALL, "it is ours"), Map.of());
    assertThat(plan.decisions().get(SMALL)).isEqualTo(new Decision.Keep("it is ours"));
    assertThat(List.copyOf(plan.decisions().keySet())).containsExactly(SQUARISH, SMALL);
  }

  @Test
  void theFilterSaysWhyASiteIsLeftOut() {
    SiteFilter filter =
        new SiteFilter(Set.of(Site.Kind.LINEAR), List.of("encoder/*", "h?ad"), List.of("*fc1"));
    assertThat(filter.objection(SMALL)).isEmpty();
    assertThat(filter.objection(SQUARISH)).hasValueSatisfying(r -> assertThat(r).contains("*fc1"));
    assertThat(filter.objection(site("pooler", Site.Kind.LINEAR, 4, 4)))
        .hasValueSatisfying(r -> assertThat(r).contains("include"));
    assertThat(filter.objection(site("head", Site.Kind.EMBEDDING, 4, 4)))
        .hasValueSatisfying(r -> assertThat(r).contains("kind"));
  }

  private static List<Integer> ranks(RankPolicy policy, int multipleOf) {
    return new ArrayList<>(plan(policy, multipleOf).ranks().values());
  }

  private static CompressionPlan plan(RankPolicy policy, int multipleOf) {
    Map<Site, Spectrum> spectra = Map.of();
    return new Planner(policy, multipleOf, NO_SIZE)
        .plan(List.of(SQUARISH, SMALL), Map.of(), spectra);
  }

  private static Site site(String name, Site.Kind kind, int rows, int columns) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName(name + ".weight")
            .setDataType(1)
            .addDims(rows)
            .addDims(columns)
            .build();
    return new Site(
        name, kind, new GraphIndex.Value(0, tensor.getName()), tensor, List.of(), Optional.empty());
  }
}
