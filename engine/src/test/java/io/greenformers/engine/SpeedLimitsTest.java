package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.site.Site;
import io.greenformers.engine.timing.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SpeedLimitsTest {
  private static final Site WINS = site("wins", Site.Kind.LINEAR);
  private static final Site LOSES = site("loses", Site.Kind.LINEAR);
  private static final Site UNTIMED = site("untimed", Site.Kind.LINEAR);
  private static final Site TABLE = site("table", Site.Kind.EMBEDDING);
  private static final SpeedLimits LIMITS =
      new SpeedLimits(
          Map.of(
              WINS, new Verdict.Wins(16, "dense is as fast: 0.02 ms"),
              LOSES, new Verdict.Loses("dense is as fast: 0.01 ms"),
              UNTIMED, new Verdict.Untimed("is used in a branch"),
              TABLE, new Verdict.Loses("looking up is free")));

  @Test
  void onlySitesThatLoseAtEveryRankAreObjectedTo() {
    assertThat(LIMITS.objections(List.of(WINS, LOSES, UNTIMED, TABLE)))
        .containsExactly(Map.entry(LOSES, "dense is as fast: 0.01 ms"));
  }

  @Test
  void aRankBeyondTheWinningOneStaysDense() {
    Decision small = new Decision.Factorize(16, "");
    Decision large = new Decision.Factorize(24, "");
    assertThat(LIMITS.apply(new CompressionPlan(Map.of(WINS, small))).ranks())
        .containsExactly(Map.entry(WINS, 16));
    assertThat(LIMITS.apply(new CompressionPlan(Map.of(WINS, large))).decisions().get(WINS))
        .isEqualTo(new Decision.Keep("rank 24 is slower than dense: dense is as fast: 0.02 ms"));
  }

  @Test
  void withoutTimingsNothingIsLimited() {
    assertThat(SpeedLimits.NONE.mostRank(LOSES)).isEqualTo(Integer.MAX_VALUE);
  }

  private static Site site(String name, Site.Kind kind) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addDims(64)
            .addDims(64)
            .build();
    return new Site(name, kind, new Value(0, name), tensor, List.of(), Optional.empty());
  }
}
