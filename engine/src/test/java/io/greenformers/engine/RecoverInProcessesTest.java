package io.greenformers.engine;

import static io.greenformers.engine.FactorizedBert.TOLERANCE;
import static io.greenformers.engine.FactorizedBert.distance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the factors of a small BERT in real processes. */
final class RecoverInProcessesTest {
  @TempDir Path directory;

  private FactorizedBert bert;

  @BeforeEach
  void factorize() throws IOException {
    bert = FactorizedBert.in(directory);
  }

  @Test
  void twoProcessesTrainTheWeightsThatOneDoesAndTheSameBitsEachTime() throws IOException {
    recover("1", "one");
    recover("2", "two");
    recover("2", "again");
    Map<String, float[]> one = bert.recovered("one");
    assertThat(distance(bert.weights(), one)).isGreaterThan(10 * TOLERANCE);
    assertThat(distance(one, bert.recovered("two"))).isCloseTo(0, within(TOLERANCE));
    assertThat(Files.mismatch(bert.model("two"), bert.model("again"))).isEqualTo(-1);
  }

  @Test
  void aProcessThatDiesFailsTheStageByName() {
    assertThatThrownBy(() ->
            Compression.run(
                bert.recover("2", "out"),
                (fraction, activity) -> {
                  // the first step is told of; whether one of a later epoch is, depends on the pace
                  if (activity.startsWith("epoch")) {
                    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
                  }
                }))
        .isInstanceOf(LostProcessException.class)
        .hasMessageContaining("process 2 of 2 ended with exit status 137");
  }

  @Test
  void theOthersEndWithAStageThatIsStopped() {
    assertThatThrownBy(() ->
            Compression.run(
                bert.recover("3", "out"),
                (fraction, activity) -> {
                  if (activity.startsWith("epoch 1")) {
                    throw new StageCancelledException();
                  }
                }))
        .isInstanceOf(StageCancelledException.class);
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private void recover(String processes, String output) throws IOException {
    Compression.run(bert.recover(processes, output), (fraction, activity) -> {});
  }
}
