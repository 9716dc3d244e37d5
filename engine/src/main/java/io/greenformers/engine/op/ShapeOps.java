package io.greenformers.engine.op;

import io.greenformers.engine.torch.TorchTensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Shapes, and tensors in other shapes. What is a shape is on the host. */
final class ShapeOps {
  private ShapeOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Shape", 1, ShapeOps::shape);
    domain.one("Size", 1, c -> TorchTensors.of(new long[] {c.tensor(0).numel()}));
    domain.one("Reshape", 5, ShapeOps::reshape);
    domain.one("Flatten", 1, ShapeOps::flatten);
    domain.one("Squeeze", 1, ShapeOps::squeeze);
    domain.one("Unsqueeze", 1, ShapeOps::unsqueeze);
    domain.one("Transpose", 1, ShapeOps::transpose);
    domain.one("Expand", 8, ShapeOps::expand);
    domain.one("Tile", 6, c -> c.tensor(0).repeat(c.longs(1)));
    domain.one("Concat", 4, ShapeOps::concat);
    domain.one("DepthToSpace", 1, ShapeOps::depthToSpace);
    domain.one("SpaceToDepth", 1, ShapeOps::spaceToDepth);
  }

  private static Tensor shape(Call call) {
    long[] shape = call.tensor(0).shape();
    int from = bound(call.attributes().integer("start", 0), shape.length);
    int to = bound(call.attributes().integer("end", shape.length), shape.length);
    long[] part = from < to ? Arrays.copyOfRange(shape, from, to) : new long[0];
    return TorchTensors.of(part, part.length);
  }

  private static int bound(long position, int rank) {
    return Math.clamp(position < 0 ? position + rank : position, 0, rank);
  }

  /** 0 copies a size, unless {@code allowzero}; −1 is what remains. */
  private static Tensor reshape(Call call) {
    Tensor x = call.tensor(0);
    long[] shape = call.longs(1);
    if (!call.attributes().flag("allowzero", false)) {
      for (int i = 0; i < shape.length; i++) {
        shape[i] = shape[i] == 0 ? x.size(i) : shape[i];
      }
    }
    return x.reshape(shape);
  }

  private static Tensor flatten(Call call) {
    Tensor x = call.tensor(0);
    long[] shape = x.shape();
    long given = call.attributes().integer("axis", 1);
    int axis = (int) (given < 0 ? given + shape.length : given);
    return x.reshape(Shapes.product(shape, 0, axis), Shapes.product(shape, axis, shape.length));
  }

  private static Tensor squeeze(Call call) {
    Tensor x = call.tensor(0);
    return call.longs("axes", 1).map(x::squeeze).orElseGet(x::squeeze);
  }

  private static Tensor unsqueeze(Call call) {
    Tensor x = call.tensor(0);
    long[] axes = call.longs("axes", 1).orElseThrow();
    int rank = (int) x.dim() + axes.length;
    for (long axis : Arrays.stream(axes).map(a -> Shapes.axis(a, rank)).sorted().toArray()) {
      x = x.unsqueeze(axis);
    }
    return x;
  }

  private static Tensor transpose(Call call) {
    Tensor x = call.tensor(0);
    int rank = (int) x.dim();
    long[] reversed = LongStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    return x.permute(call.attributes().longs("perm", reversed));
  }

  private static Tensor expand(Call call) {
    Tensor x = call.tensor(0);
    return x.expand(Shapes.broadcast(x.shape(), call.longs(1)));
  }

  private static Tensor concat(Call call) {
    List<Tensor> parts = call.tensors();
    return torch.cat(
        new TensorVector(parts.toArray(Tensor[]::new)), call.attributes().integer("axis", 0));
  }

  private static Tensor depthToSpace(Call call) {
    Tensor x = call.tensor(0);
    long block = call.attributes().integer("blocksize", 1);
    if (call.attributes().text("mode", "DCR").equals("CRD")) {
      return torch.pixel_shuffle(x, block);
    }
    long[] s = x.shape();
    long depth = s[1] / (block * block);
    return x.reshape(s[0], block, block, depth, s[2], s[3])
        .permute(0, 3, 4, 1, 5, 2)
        .reshape(s[0], depth, s[2] * block, s[3] * block);
  }

  private static Tensor spaceToDepth(Call call) {
    Tensor x = call.tensor(0);
    long block = call.attributes().integer("blocksize", 1);
    long[] s = x.shape();
    return x.reshape(s[0], s[1], s[2] / block, block, s[3] / block, block)
        .permute(0, 3, 5, 1, 2, 4)
        .reshape(s[0], s[1] * block * block, s[2] / block, s[3] / block);
  }
}
