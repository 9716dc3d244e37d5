package io.greenformers.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ONNX standard's own tests of the operators that transformers use. */
final class OnnxNodeConformanceTest {
  private static final String RANDOM = "drops at random, by NumPy's generator in the reference";

  /** Those that fail, and why. */
  private static final Map<String, String> KNOWN_FAILURES =
      Map.of(
          "test_training_dropout", RANDOM,
          "test_training_dropout_default", RANDOM,
          "test_training_dropout_default_mask", RANDOM,
          "test_training_dropout_mask", RANDOM);

  /** ONNX's own runner allows 1e-3 of relative and 1e-7 of absolute difference. */
  private static final double RELATIVE = 1e-3;

  private static final double ABSOLUTE = 1e-6;

  /** Two units in the last place of a mantissa of eight bits. */
  private static final double BFLOAT16 = 0x1p-6;

  /** Two units in the last place of a mantissa of eleven bits. */
  private static final double HALF = 0x1p-9;

  @TempDir Path scratch;

  @Test
  void failsOnlyWhereItIsKnownTo() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(CaseFiles.SHARED.resolve("onnx-node-tests")),
        "skipped: the node tests are not on this machine");
    List<CaseFiles> cases = CaseFiles.of("onnx-node-tests");
    Map<String, String> failures = new TreeMap<>();
    for (CaseFiles test : cases) {
      failure(test).ifPresent(reason -> failures.put(test.name(), reason));
    }
    System.out.printf("%d of %d node tests pass%n", cases.size() - failures.size(), cases.size());
    failures.forEach((name, reason) -> System.out.printf("    %s: %s%n", name, reason));
    assertThat(failures.keySet()).isEqualTo(KNOWN_FAILURES.keySet());
    assertThat(failures.size()).isLessThanOrEqualTo(cases.size() / 20);
  }

  private Optional<String> failure(CaseFiles test) throws IOException {
    ExecutorSettings settings =
        ExecutorSettings.inference(ComputeDevice.CPU).as(ComputeType.DECLARED);
    OnnxModel model = test.inKnownOpset(scratch);
    try (var weights = model.weights();
        Scope scope = new Scope();
        GraphExecutor executor = GraphExecutor.of(model, settings)) {
      List<String> outputs = List.copyOf(executor.outputs());
      for (Path data : test.dataSets()) {
        var inputs = CaseFiles.tensors(data, "input", executor.inputs(), model);
        var expected = CaseFiles.tensors(data, "output", outputs, model);
        try (Outputs found = executor.run(inputs, executor.outputs())) {
          for (String name : expected.keySet()) {
            Optional<String> difference = difference(expected.get(name), found.get(name));
            if (difference.isPresent()) {
              return difference.map(d -> name + ": " + d);
            }
          }
        }
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> difference(Tensor expected, Tensor found) {
    String type = expected.scalar_type() + Arrays.toString(expected.shape());
    String foundType = found.scalar_type() + Arrays.toString(found.shape());
    if (!type.equals(foundType)) {
      return Optional.of("expected %s, found %s".formatted(type, foundType));
    }
    double relative =
        switch (expected.scalar_type().intern()) {
          case BFloat16 -> BFLOAT16;
          case Half -> HALF;
          default -> RELATIVE;
        };
    Tensor reference = expected.to(ScalarType.Double);
    Tensor value = found.to(ScalarType.Double);
    boolean close = torch.allclose(value, reference, relative, ABSOLUTE, true);
    return close
        ? Optional.empty()
        : Optional.of("differs by " + value.sub(reference).abs().max().item_double());
  }
}
