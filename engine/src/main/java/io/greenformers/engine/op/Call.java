package io.greenformers.engine.op;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Optionals;
import io.greenformers.engine.torch.TorchTensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One run of a node, as its converter sees it.
 *
 * <p>Shape arithmetic stays on the host: a node runs on the device only if one of its inputs is
 * there. What {@code Shape} returns is on the host, and so is all that is computed from it alone.
 */
final class Call {
  private final Step step;
  private final Frame frame;
  private final RunContext context;
  private final ComputeDevice place;

  Call(Step step, Frame frame, RunContext context) {
    this.step = step;
    this.frame = frame;
    this.context = context;
    this.place =
        context.settings().device() == ComputeDevice.CPU || !anyOn(context.settings().device())
            ? ComputeDevice.CPU
            : context.settings().device();
  }

  private boolean anyOn(ComputeDevice device) {
    return IntStream.range(0, inputs()).anyMatch(i -> find(i).filter(device::holds).isPresent());
  }

  Attributes attributes() {
    return step.attributes();
  }

  /** How many inputs the node lists, absent ones included. */
  int inputs() {
    return step.node().getInputCount();
  }

  /** How many outputs the node lists. */
  int outputs() {
    return step.node().getOutputCount();
  }

  /** Whether somebody may read the output at a position. */
  boolean wants(int output) {
    return output < outputs() && !step.node().getOutput(output).isEmpty();
  }

  boolean has(int input) {
    return Nodes.input(step.node(), input).isPresent();
  }

  /** The input at a position, where the node runs. */
  Tensor tensor(int input) {
    return place.place(required(input));
  }

  Optional<Tensor> optional(int input) {
    return find(input).map(place::place);
  }

  /** The input at a position as libtorch takes optional tensors. */
  TensorOptional tensorOptional(int input) {
    return Optionals.tensor(optional(input));
  }

  /** All inputs that are there. */
  List<Tensor> tensors() {
    return IntStream.range(0, inputs()).filter(this::has).mapToObj(this::tensor).toList();
  }

  /** The elements of an integer input, on the host; waits only if they were computed elsewhere. */
  long[] longs(int input) {
    return TorchTensors.longs(required(input));
  }

  /** The first element of a number input. */
  double real(int input) {
    return TorchTensors.doubles(required(input))[0];
  }

  /** Integers that older versions have as an attribute and newer ones as an input. */
  Optional<long[]> longs(String attribute, int input) {
    return has(input) ? Optional.of(longs(input)) : attributes().longs(attribute);
  }

  /** A tensor attribute, in the run's types. */
  Tensor tensor(TensorProto proto) {
    return Constants.tensor(proto, context.weights(), type());
  }

  ComputeType type() {
    return context.settings().type();
  }

  /** The run's type for a data type's number in an attribute. */
  ScalarType scalarType(long number) {
    DataType declared =
        DataType.of(Math.toIntExact(number))
            .orElseThrow(() -> new IllegalArgumentException("no data type " + number));
    return type().of(declared);
  }

  /** A graph in the node's attributes. */
  Body body(String attribute) {
    return new Body(step.body(attribute), frame, context);
  }

  /** The inputs' types and shapes, for messages. */
  String describeInputs() {
    return IntStream.range(0, inputs())
        .mapToObj(
            i -> find(i).map(t -> t.scalar_type() + Arrays.toString(t.shape())).orElse("absent"))
        .collect(Collectors.joining(", "));
  }

  private Tensor required(int input) {
    return find(input)
        .orElseThrow(() -> new IllegalArgumentException("input %d is absent".formatted(input)));
  }

  private Optional<Tensor> find(int input) {
    return Nodes.input(step.node(), input).map(frame::get);
  }
}
