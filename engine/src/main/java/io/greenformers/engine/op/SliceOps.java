package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import io.greenformers.engine.torch.TorchTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Parts of tensors, and borders around them. */
final class SliceOps {
  private SliceOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Slice", 10, SliceOps::slice);
    domain.many("Split", 2, SliceOps::split);
    domain.one("Pad", 11, SliceOps::pad);
  }

  private static Tensor slice(Call call) {
    Tensor x = call.tensor(0);
    long[] starts = call.longs(1);
    long[] ends = call.longs(2);
    long[] axes = call.has(3) ? call.longs(3) : Shapes.all(starts.length);
    long[] steps = call.has(4) ? call.longs(4) : Shapes.repeat(1, starts.length);
    for (int i = 0; i < starts.length; i++) {
      int axis = Shapes.axis(axes[i], (int) x.dim());
      x =
          steps[i] > 0
              ? x.slice(axis, Optionals.integer(starts[i]), Optionals.integer(ends[i]), steps[i])
              : backwards(x, axis, starts[i], ends[i], steps[i]);
    }
    return x;
  }

  /** libtorch has no negative steps. */
  private static Tensor backwards(Tensor x, int axis, long start, long end, long step) {
    long size = x.size(axis);
    long from = Math.clamp(start < 0 ? start + size : start, -1, size - 1);
    long to = Math.clamp(end < 0 ? end + size : end, -1, size - 1);
    long[] indices = LongStream.iterate(from, i -> i > to, i -> i + step).toArray();
    Tensor index = TorchTensors.of(indices, indices.length).to(x.device(), torch.ScalarType.Long);
    return x.index_select(axis, index);
  }

  private static List<Tensor> split(Call call) {
    Tensor x = call.tensor(0);
    long axis = call.attributes().integer("axis", 0);
    long size = x.size(axis);
    long[] sizes = call.longs("split", 1).orElseGet(() -> even(size, call.outputs()));
    TensorVector parts = torch.split_with_sizes(x, sizes, axis);
    List<Tensor> outputs = new ArrayList<>();
    for (long i = 0; i < parts.size(); i++) {
      outputs.add(new Tensor(parts.get(i)));
    }
    return outputs;
  }

  /** Equal parts, the last one smaller if it must be. */
  private static long[] even(long size, int parts) {
    long each = Math.ceilDiv(size, parts);
    long[] sizes = new long[parts];
    for (int i = 0; i < parts; i++) {
      sizes[i] = Math.clamp(size - i * each, 0, each);
    }
    return sizes;
  }

  private static Tensor pad(Call call) {
    Tensor x = call.tensor(0);
    int rank = (int) x.dim();
    long[] pads = call.longs(1);
    long[] axes = call.has(3) ? Shapes.axes(call.longs(3), rank) : Shapes.all(rank);
    long[] before = new long[rank];
    long[] after = new long[rank];
    for (int i = 0; i < axes.length; i++) {
      before[(int) axes[i]] = pads[i];
      after[(int) axes[i]] = pads[axes.length + i];
    }
    String mode = call.attributes().text("mode", "constant");
    if (mode.equals("constant")) {
      double value = call.has(2) ? call.real(2) : 0;
      return constant(x, before, after, value);
    }
    for (int axis = 0; axis < rank; axis++) {
      if (before[axis] != 0 || after[axis] != 0) {
        x = mirrored(x, axis, before[axis], after[axis], mode);
      }
    }
    return x;
  }

  /** Borders of one value; negative ones cut off. */
  static Tensor constant(Tensor x, long[] before, long[] after, double value) {
    long[] lastFirst = new long[2 * before.length];
    for (int i = 0; i < before.length; i++) {
      lastFirst[2 * i] = before[before.length - 1 - i];
      lastFirst[2 * i + 1] = after[before.length - 1 - i];
    }
    return x.is_floating_point()
        ? torch.constant_pad_nd(x, lastFirst, Scalars.of(value))
        : torch.constant_pad_nd(x, lastFirst, Scalars.of((long) value));
  }

  private static Tensor mirrored(Tensor x, int axis, long before, long after, String mode) {
    long size = x.size(axis);
    long[] indices =
        LongStream.range(-before, size + after)
            .map(i ->
                switch (mode) {
                  case "edge" -> Math.clamp(i, 0, size - 1);
                  case "wrap" -> Math.floorMod(i, size);
                  case "reflect" -> reflected(i, size);
                  default -> throw new IllegalArgumentException("mode " + mode);
                })
            .toArray();
    Tensor index = TorchTensors.of(indices, indices.length).to(x.device(), torch.ScalarType.Long);
    return x.index_select(axis, index);
  }

  private static long reflected(long index, long size) {
    long period = Math.max(1, 2 * (size - 1));
    long place = Math.floorMod(index, period);
    return place < size ? place : period - place;
  }
}
