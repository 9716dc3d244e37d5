package io.greenformers.engine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Gradients of whole models: each weight's along a random direction, in fp64. */
final class ZooGradientTest {
  /** Small, since a ReLU that bends within a step spoils the difference. */
  private static final double STEP = 1e-7;

  /** Of the derivative, or of 1 where that is smaller. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(CaseFiles.SHARED), "skipped: the models are not on this machine");
    return CaseFiles.of("zoo").stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private void check(CaseFiles test) throws IOException {
    OnnxModel model = test.model(scratch);
    Set<String> initializers =
        model.proto().getGraph().getInitializerList().stream()
            .filter(t -> t.getDimsCount() > 0)
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    ExecutorSettings settings =
        ExecutorSettings.inference(ComputeDevice.CPU)
            .as(ComputeType.FLOAT64)
            .training(initializers::contains);
    Torch.seed(3);
    try (var weights = model.weights();
        Scope scope = new Scope();
        GraphExecutor executor = GraphExecutor.of(model, settings)) {
      var feeds = CaseFiles.tensors(test.dataSets().getFirst(), "input", executor.inputs(), model);
      String output = executor.outputs().iterator().next();
      try (Outputs outputs = executor.run(feeds, Set.of(output))) {
        loss(outputs, output).backward();
      }
      int checked = 0;
      for (Map.Entry<String, Tensor> parameter : executor.parameters().entrySet()) {
        Tensor weight = parameter.getValue();
        // a pooler, say, that this output does not depend on
        if (weight.grad().defined()) {
          checked++;
          try (Scope inner = new Scope();
              Torch.Guard guard = Torch.withoutGradients()) {
            Tensor direction = torch.randn(weight.shape(), new TensorOptions(ScalarType.Double));
            double expected = difference(executor, feeds, output, weight, direction);
            double found = weight.grad().mul(direction).sum().item_double();
            assertThat(found)
                .as(parameter.getKey())
                .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
          }
        }
      }
      System.out.printf(
          "%-18s %d of %d weights%n", test.name(), checked, executor.parameters().size());
      assertThat(checked).isPositive();
    }
  }

  private static double difference(
      GraphExecutor executor,
      Map<String, Tensor> feeds,
      String output,
      Tensor weight,
      Tensor direction) {
    Tensor step = direction.mul(new Scalar(STEP));
    weight.add_(step);
    double above = value(executor, feeds, output);
    weight.sub_(step.mul(new Scalar(2.0)));
    double below = value(executor, feeds, output);
    weight.add_(step);
    return (above - below) / (2 * STEP);
  }

  private static double value(GraphExecutor executor, Map<String, Tensor> feeds, String output) {
    try (Outputs outputs = executor.infer(feeds, Set.of(output))) {
      return loss(outputs, output).item_double();
    }
  }

  /** A weighted mean, in which nothing cancels by normalisation. */
  private static Tensor loss(Outputs outputs, String output) {
    Tensor y = outputs.get(output).reshape(-1);
    Tensor weights =
        torch.arange(new Scalar((double) y.numel()), new TensorOptions(ScalarType.Double)).sin();
    return y.mul(weights).sum();
  }
}
