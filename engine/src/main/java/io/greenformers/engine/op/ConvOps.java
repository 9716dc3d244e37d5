package io.greenformers.engine.op;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Convolutions of any number of spatial axes. */
final class ConvOps {
  private ConvOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Conv", 1, ConvOps::conv);
    domain.one("ConvTranspose", 1, ConvOps::convTranspose);
  }

  private static Tensor conv(Call call) {
    Tensor x = call.tensor(0);
    Tensor weight = call.tensor(1);
    long[] kernel = Arrays.copyOfRange(weight.shape(), 2, (int) weight.dim());
    Windows windows = Windows.of(call, spatial(x), kernel);
    boolean symmetric = Arrays.equals(windows.before(), windows.after());
    long[] padding = symmetric ? windows.before() : Shapes.repeat(0, kernel.length);
    return torch.convolution(
        symmetric ? x : windows.pad(x, 0),
        weight,
        call.tensorOptional(2),
        windows.strides(),
        padding,
        windows.dilations(),
        false,
        Shapes.repeat(0, kernel.length),
        call.attributes().integer("group", 1));
  }

  /** Computed whole, then its borders are cut off: pads may differ at both ends. */
  private static Tensor convTranspose(Call call) {
    Tensor x = call.tensor(0);
    Tensor weight = call.tensor(1);
    int axes = (int) weight.dim() - 2;
    long[] none = Shapes.repeat(0, axes);
    long[] ones = Shapes.repeat(1, axes);
    Attributes attributes = call.attributes();
    if (attributes.has("output_shape") || !attributes.text("auto_pad", "NOTSET").equals("NOTSET")) {
      throw new IllegalArgumentException("only explicit pads are supported");
    }
    long[] pads = attributes.longs("pads", Shapes.repeat(0, 2 * axes));
    Tensor whole =
        torch.convolution(
            x,
            weight,
            call.tensorOptional(2),
            attributes.longs("strides", ones),
            none,
            attributes.longs("dilations", ones),
            true,
            attributes.longs("output_padding", none),
            attributes.integer("group", 1));
    for (int i = 0; i < axes; i++) {
      whole = whole.narrow(i + 2, pads[i], whole.size(i + 2) - pads[i] - pads[axes + i]);
    }
    return whole;
  }

  /** The sizes of the axes after batch and channels. */
  static long[] spatial(Tensor x) {
    return Arrays.copyOfRange(x.shape(), 2, (int) x.dim());
  }
}
