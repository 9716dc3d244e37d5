package io.greenformers.engine;

import static io.greenformers.engine.FactorizedBert.TOLERANCE;
import static io.greenformers.engine.FactorizedBert.distance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.torch.LostPeerException;
import io.greenformers.protocol.child.ChildCodec;
import io.greenformers.protocol.child.MachineSeat;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.testing.FreePort;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains the factors of a small BERT on two machines: addresses of the loopback device, each with
 * processes and a directory of its own. The first one's first process is this one.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no 127.0.0.2 by themselves")
final class RecoverOnMachinesTest {
  private static final String FIRST = "127.0.0.1";
  private static final String SECOND = "127.0.0.2";

  @TempDir Path directory;

  private final List<Process> machines = new ArrayList<>();
  private FactorizedBert bert;

  @BeforeEach
  void factorize() throws IOException {
    bert = FactorizedBert.in(directory);
  }

  @AfterEach
  void end() {
    machines.forEach(Process::destroyForcibly);
  }

  @Test
  void twoMachinesTrainTheWeightsThatOneDoesAndTheSameBitsEachTime() throws Exception {
    Compression.run(bert.recover("1", "one"), (fraction, activity) -> {});
    recover("1", "two");
    recover("1", "again");
    Map<String, float[]> one = bert.recovered("one");
    assertThat(distance(bert.weights(), one)).isGreaterThan(10 * TOLERANCE);
    assertThat(distance(one, bert.recovered("two"))).isCloseTo(0, within(TOLERANCE));
    assertThat(Files.mismatch(bert.model("two"), bert.model("again"))).isEqualTo(-1);
    assertThat(directory.resolve("second-two")).isEmptyDirectory();
  }

  @Test
  void twoProcessesOnEachOfThemDoToo() throws Exception {
    Compression.run(bert.recover("1", "one"), (fraction, activity) -> {});
    recover("2", "four");
    assertThat(distance(bert.recovered("one"), bert.recovered("four")))
        .isCloseTo(0, within(TOLERANCE));
  }

  @Test
  void aMachineThatDiesFailsTheStage() throws Exception {
    int port = FreePort.at(InetAddress.ofLiteral(FIRST));
    Process second = second("1", "out", port);
    assertThatThrownBy(() ->
            Compression.run(
                first("1", "out", port),
                (fraction, activity) -> {
                  // the first step is told of; whether one of a later epoch is, depends on the pace
                  if (activity.startsWith("epoch")) {
                    second.destroyForcibly();
                  }
                }))
        .isInstanceOf(LostPeerException.class)
        .hasMessageContaining("process 1 of 2: expected the others to go on");
  }

  @Test
  void aMachineWithFewerProcessesSaysSoInsteadOfWaiting() throws Exception {
    int port = FreePort.at(InetAddress.ofLiteral(FIRST));
    start(first("2", "out", port));
    Process second = second("1", "out", port);
    String words = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(words).contains("recovery-unavailable", "2 processes on CPU, found 1 on CPU");
    assertThat(second.waitFor()).isEqualTo(4);
  }

  private void recover(String processes, String output) throws Exception {
    int port = FreePort.at(InetAddress.ofLiteral(FIRST));
    Process second = second(processes, output, port);
    Compression.run(first(processes, output, port), (fraction, activity) -> {});
    assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(second.exitValue()).isZero();
  }

  private StageRequest first(String processes, String output, int port) throws IOException {
    return bert.recover(processes, output).at(new MachineSeat(0, 2, FIRST, port, FIRST));
  }

  private Process second(String processes, String output, int port) throws IOException {
    return start(
        bert.recover(processes, "second-" + output).at(new MachineSeat(1, 2, FIRST, port, SECOND)));
  }

  private Process start(StageRequest request) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(Main.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    machines.add(process);
    process
        .outputWriter(StandardCharsets.UTF_8)
        .append(ChildCodec.line(request))
        .append('\n')
        .flush();
    return process;
  }
}
