package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Normalisations. */
final class NormOps {
  private static final double EPSILON = 1e-5;

  private NormOps() {}

  static void register(Registry.Domain domain) {
    domain.many("LayerNormalization", 17, NormOps::layerNorm);
    domain.one("RMSNormalization", 23, c -> rmsNorm(c, c.tensor(0)));
    // ONNX Runtime keeps this one in the default domain
    domain.one("SimplifiedLayerNormalization", 1, c -> rmsNorm(c, c.tensor(0)));
    domain.many("BatchNormalization", 9, NormOps::batchNorm);
    domain.one("InstanceNormalization", 6, NormOps::instanceNorm);
    domain.one("GroupNormalization", 18, c -> groupNorm(c, true));
    domain.one("GroupNormalization", 21, c -> groupNorm(c, false));
    domain.one("LpNormalization", 1, NormOps::lpNorm);
  }

  private static double epsilon(Call call) {
    return call.attributes().real("epsilon", EPSILON);
  }

  /** The shape of the axes that are normalised. */
  private static long[] normalised(Call call, Tensor x) {
    int axis = Shapes.axis(call.attributes().integer("axis", -1), (int) x.dim());
    return Arrays.copyOfRange(x.shape(), axis, (int) x.dim());
  }

  private static List<Tensor> layerNorm(Call call) {
    Tensor x = call.tensor(0);
    long[] shape = normalised(call, x);
    if (!call.wants(1) && !call.wants(2)) {
      return List.of(layerNorm(x, shape, call.tensor(1), call.optional(2), epsilon(call)));
    }
    T_TensorTensorTensor_T all =
        torch.native_layer_norm(x, shape, Optionals.tensor(), Optionals.tensor(), epsilon(call));
    Tensor scaled = all.get0().mul(call.tensor(1));
    Tensor y = call.optional(2).map(scaled::add).orElse(scaled);
    return List.of(y, all.get1(), all.get2());
  }

  /** Scale and bias may broadcast to the normalised shape, which libtorch does not do. */
  static Tensor layerNorm(
      Tensor x, long[] shape, Tensor scale, Optional<Tensor> bias, double epsilon) {
    return torch.layer_norm(
        x,
        shape,
        Optionals.tensor(scale.expand(shape)),
        Optionals.tensor(bias.map(b -> b.expand(shape))),
        epsilon,
        true);
  }

  static Tensor rmsNorm(Call call, Tensor x) {
    return torch
        .rms_norm(x, normalised(call, x), Optionals.tensor(), Optionals.real(epsilon(call)))
        .mul(call.tensor(1));
  }

  /** With {@code training_mode} by the batch, which also moves the running statistics. */
  private static List<Tensor> batchNorm(Call call) {
    Tensor x = call.tensor(0);
    boolean training = call.attributes().flag("training_mode", false);
    if (!training) {
      return List.of(
          torch.batch_norm(
              x,
              call.tensorOptional(1),
              call.tensorOptional(2),
              call.tensorOptional(3),
              call.tensorOptional(4),
              false,
              0,
              epsilon(call),
              false));
    }
    long[] axes = LongStream.range(0, x.dim()).filter(i -> i != 1).toArray();
    Tensor mean = torch.mean(x, axes, false, Optionals.type());
    Tensor variance = torch.var(x, axes, false, false);
    double momentum = call.attributes().real("momentum", 0.9);
    Tensor y =
        torch.batch_norm(
            x,
            call.tensorOptional(1),
            call.tensorOptional(2),
            Optionals.tensor(),
            Optionals.tensor(),
            true,
            0,
            epsilon(call),
            false);
    return List.of(
        y, moved(call.tensor(3), mean, momentum), moved(call.tensor(4), variance, momentum));
  }

  private static Tensor moved(Tensor running, Tensor current, double momentum) {
    return running.mul(Scalars.of(momentum)).add(current.mul(Scalars.of(1 - momentum)));
  }

  private static Tensor instanceNorm(Call call) {
    return torch.instance_norm(
        call.tensor(0),
        call.tensorOptional(1),
        call.tensorOptional(2),
        Optionals.tensor(),
        Optionals.tensor(),
        true,
        0,
        epsilon(call),
        false);
  }

  /** Before opset 21 scale and bias were per group. */
  private static Tensor groupNorm(Call call, boolean perGroup) {
    Tensor x = call.tensor(0);
    long groups = call.attributes().integer("num_groups", 1);
    long repeats = perGroup ? x.size(1) / groups : 1;
    return torch.group_norm(
        x,
        groups,
        Optionals.tensor(call.tensor(1).repeat_interleave(repeats)),
        Optionals.tensor(call.tensor(2).repeat_interleave(repeats)),
        epsilon(call),
        false);
  }

  /** Rows of zeros stay zeros. */
  private static Tensor lpNorm(Call call) {
    Tensor x = call.tensor(0);
    long[] axis = {call.attributes().integer("axis", -1)};
    long p = call.attributes().integer("p", 2);
    Tensor norm = torch.linalg_vector_norm(x, Scalars.of(p), axis, true, Optionals.type());
    return torch.where(norm.eq(Scalars.of(0)), torch.zeros_like(x), x.div(norm));
  }
}
