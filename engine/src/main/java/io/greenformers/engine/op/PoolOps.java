package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import io.greenformers.engine.torch.TorchTensors;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Pooling of any number of spatial axes, with every border and dilation that ONNX has, by windows
 * as a view: no model that this is for spends its time here.
 */
final class PoolOps {
  private PoolOps() {}

  static void register(Registry.Domain domain) {
    domain.many("MaxPool", 1, PoolOps::maxPool);
    domain.one("AveragePool", 1, PoolOps::averagePool);
    domain.one(
        "GlobalAveragePool",
        1,
        c -> torch.mean(c.tensor(0), spatialAxes(c), true, Optionals.type()));
    domain.one("GlobalMaxPool", 1, c -> torch.amax(c.tensor(0), spatialAxes(c), true));
  }

  private static long[] spatialAxes(Call call) {
    return LongStream.range(2, call.tensor(0).dim()).toArray();
  }

  private static List<Tensor> maxPool(Call call) {
    Tensor x = call.tensor(0);
    Windows windows = windows(call);
    double least = x.is_floating_point() ? Double.NEGATIVE_INFINITY : smallest(x.scalar_type());
    Tensor all = windows.unfold(padded(call, windows, x, least)).flatten(2 + windows.axes(), -1);
    Tensor largest = torch.amax(all, new long[] {-1}, false);
    return call.wants(1)
        ? List.of(largest, places(call, windows, all.argmax(Optionals.integer(-1), true)))
        : List.of(largest);
  }

  /** Where in the flattened input each maximum is. */
  private static Tensor places(Call call, Windows windows, Tensor inWindow) {
    long[] shape = call.tensor(0).shape();
    long[] sizes = ConvOps.spatial(call.tensor(0));
    long[] order = LongStream.range(0, Shapes.product(sizes)).toArray();
    Tensor indices = TorchTensors.of(order, Shapes.concat(new long[] {1, 1}, sizes));
    if (call.attributes().flag("storage_order", false)) {
      indices = columnMajor(indices, sizes);
    }
    Tensor all = windows.unfold(padded(call, windows, indices, 0)).flatten(2 + sizes.length, -1);
    long[] target = Shapes.concat(inWindow.shape());
    target[target.length - 1] = all.size(-1);
    Tensor chosen = all.expand(target).gather(-1, inWindow.cpu()).squeeze(-1);
    long planes = shape[0] * shape[1];
    long[] offsets = LongStream.range(0, planes).map(i -> i * Shapes.product(sizes)).toArray();
    long[] perPlane =
        Shapes.concat(new long[] {shape[0], shape[1]}, Shapes.repeat(1, sizes.length));
    return chosen.add(TorchTensors.of(offsets, perPlane));
  }

  private static Tensor columnMajor(Tensor indices, long[] sizes) {
    int rank = sizes.length;
    long[] reversedSizes = LongStream.range(0, rank).map(i -> sizes[rank - 1 - (int) i]).toArray();
    long[] backwards =
        LongStream.concat(LongStream.of(0, 1), LongStream.range(0, rank).map(i -> rank + 1 - i))
            .toArray();
    return indices.reshape(Shapes.concat(new long[] {1, 1}, reversedSizes)).permute(backwards);
  }

  /** Sums of windows over how many of their elements count. */
  private static Tensor averagePool(Call call) {
    Tensor x = call.tensor(0);
    Windows windows = windows(call);
    Tensor sums = sums(windows, padded(call, windows, x, 0));
    Tensor ones = torch.ones_like(x.narrow(0, 0, 1).narrow(1, 0, 1));
    boolean borders = call.attributes().flag("count_include_pad", false);
    Tensor counted =
        borders
            ? overhung(call, windows, windows.pad(ones, 1), ConvOps.spatial(x), 0)
            : padded(call, windows, ones, 0);
    return sums.div(sums(windows, counted));
  }

  private static Tensor sums(Windows windows, Tensor padded) {
    int axes = windows.axes();
    long[] last = LongStream.range(2 + axes, 2 + 2L * axes).toArray();
    return torch.sum(windows.unfold(padded), last, false, Optionals.type());
  }

  private static Windows windows(Call call) {
    long[] kernel = call.attributes().longs("kernel_shape").orElseThrow();
    return Windows.of(call, ConvOps.spatial(call.tensor(0)), kernel);
  }

  private static Tensor padded(Call call, Windows windows, Tensor x, double value) {
    return overhung(call, windows, windows.pad(x, value), ConvOps.spatial(x), value);
  }

  private static Tensor overhung(
      Call call, Windows windows, Tensor padded, long[] sizes, double value) {
    if (!call.attributes().flag("ceil_mode", false)) {
      return padded;
    }
    long[] none = Shapes.repeat(0, sizes.length);
    return Windows.pad(padded, none, windows.overhang(sizes), value);
  }

  private static double smallest(ScalarType type) {
    return type.intern() == ScalarType.Byte ? 0 : Byte.MIN_VALUE;
  }
}
