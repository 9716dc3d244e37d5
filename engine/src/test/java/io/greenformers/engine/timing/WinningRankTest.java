package io.greenformers.engine.timing;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WinningRankTest {
  private static final GridShape SHORT = new GridShape(1, 16);
  private static final GridShape LONG = new GridShape(8, 256);

  /** Break-even rank 192: 23 multiples of 8. */
  private static final Site SITE = site(384, 384);

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 96, 104, 176})
  void findsTheLargestRankThatIsNoSlower(int fastest) {
    WinningRank search =
        new WinningRank((rank, at) -> timing(rank <= fastest ? 0.9 : 1.1), List.of(SHORT, LONG), 8);
    assertThat(search.verdict(SITE))
        .isInstanceOfSatisfying(
            Verdict.Wins.class, w -> assertThat(w.largestRank()).isEqualTo(fastest));
  }

  @Test
  void everyShapeMustWin() {
    WinningRank search =
        new WinningRank(
            (rank, at) -> timing(at.equals(LONG) && rank > 64 ? 1.01 : 0.5),
            List.of(SHORT, LONG),
            8);
    assertThat(search.verdict(SITE))
        .isInstanceOfSatisfying(
            Verdict.Wins.class,
            w -> {
              assertThat(w.largestRank()).isEqualTo(64);
              assertThat(w.reason()).contains("rank 72", "8×256");
            });
  }

  @Test
  void winsUpToTheBreakEvenRank() {
    WinningRank search = new WinningRank((rank, at) -> timing(1), List.of(SHORT), 8);
    assertThat(search.verdict(SITE))
        .isInstanceOfSatisfying(
            Verdict.Wins.class, w -> assertThat(w.largestRank()).isEqualTo(184));
  }

  @Test
  void losesWithTheTimesOfTheLeastRank() {
    WinningRank search =
        new WinningRank((rank, at) -> new PairTiming(0.021, 0.025, 1.19, 9), List.of(SHORT), 8);
    assertThat(search.verdict(SITE))
        .isEqualTo(
            new Verdict.Loses(
                "dense is as fast at any rank: factors of rank 8 take 1.19 times the 0.0210 ms of dense at 1×16"));
  }

  @Test
  void losesWhereNoMultipleSavesWeights() {
    WinningRank search = new WinningRank((rank, at) -> timing(0.1), List.of(SHORT), 8);
    assertThat(search.verdict(site(2, 384)))
        .isInstanceOfSatisfying(
            Verdict.Loses.class, l -> assertThat(l.reason()).contains("break-even rank 2.0"));
  }

  @Test
  void asksForFewRanks() {
    Set<Integer> asked = new HashSet<>();
    new WinningRank(
            (rank, at) -> {
              asked.add(rank);
              return timing(rank <= 80 ? 0.9 : 1.1);
            },
            List.of(SHORT, LONG),
            8)
        .verdict(SITE);
    assertThat(asked).hasSizeLessThanOrEqualTo(7);
  }

  private static PairTiming timing(double ratio) {
    return new PairTiming(1, ratio, ratio, 9);
  }

  private static Site site(int rows, int columns) {
    TensorProto weight =
        TensorProto.newBuilder().setName("W").setDataType(1).addDims(rows).addDims(columns).build();
    Site.Use use = new Site.Use(new NodeRef(0, 0), Site.Role.MATMUL_RIGHT, false, Optional.empty());
    return new Site(
        "site", Site.Kind.LINEAR, new Value(0, "W"), weight, List.of(use), Optional.empty());
  }
}
