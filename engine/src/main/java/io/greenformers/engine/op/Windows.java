package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import org.bytedeco.pytorch.Tensor;

/** Where the windows of a convolution or pooling are, for each spatial axis. */
final class Windows {
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;
  private final long[] before;
  private final long[] after;

  /**
   * Windows.
   *
   * @param kernel sizes of a window
   * @param strides between windows
   * @param dilations between elements of a window
   * @param before borders to add at the start
   * @param after borders to add at the end
   */
  private Windows(long[] kernel, long[] strides, long[] dilations, long[] before, long[] after) {
    this.kernel = kernel;
    this.strides = strides;
    this.dilations = dilations;
    this.before = before;
    this.after = after;
  }

  /** How many spatial axes there are. */
  int axes() {
    return kernel.length;
  }

  long[] strides() {
    return strides;
  }

  long[] dilations() {
    return dilations;
  }

  long[] before() {
    return before;
  }

  long[] after() {
    return after;
  }

  /** The windows that a node's attributes describe, without those that {@code ceil_mode} adds. */
  static Windows of(Call call, long[] sizes, long[] kernel) {
    int axes = kernel.length;
    Attributes attributes = call.attributes();
    long[] strides = attributes.longs("strides", Shapes.repeat(1, axes));
    long[] dilations = attributes.longs("dilations", Shapes.repeat(1, axes));
    long[] before = new long[axes];
    long[] after = new long[axes];
    String automatic = attributes.text("auto_pad", "NOTSET");
    long[] pads = attributes.longs("pads", Shapes.repeat(0, 2 * axes));
    for (int i = 0; i < axes; i++) {
      if (automatic.startsWith("SAME")) {
        long span = (Math.ceilDiv(sizes[i], strides[i]) - 1) * strides[i];
        long missing = Math.max(0, span + extent(kernel[i], dilations[i]) - sizes[i]);
        long half = missing / 2;
        before[i] = automatic.equals("SAME_UPPER") ? half : missing - half;
        after[i] = missing - before[i];
      } else if (!automatic.equals("VALID")) {
        before[i] = pads[i];
        after[i] = pads[axes + i];
      }
    }
    return new Windows(kernel, strides, dilations, before, after);
  }

  /** From the first element of a window to after its last. */
  long extent(int axis) {
    return extent(kernel[axis], dilations[axis]);
  }

  private static long extent(long kernel, long dilation) {
    return (kernel - 1) * dilation + 1;
  }

  /**
   * How much further the input must reach so that {@code ceil_mode}'s last windows fit. A window
   * that starts behind the input and its first border isn't counted.
   */
  long[] overhang(long[] sizes) {
    long[] more = new long[kernel.length];
    for (int i = 0; i < more.length; i++) {
      long padded = sizes[i] + before[i] + after[i];
      long last = Math.ceilDiv(padded - extent(i), strides[i]) * strides[i];
      if (last >= sizes[i] + before[i]) {
        last -= strides[i];
      }
      more[i] = Math.max(0, last + extent(i) - padded);
    }
    return more;
  }

  /** An input with its borders. */
  Tensor pad(Tensor x, double value) {
    return pad(x, before, after, value);
  }

  static Tensor pad(Tensor x, long[] before, long[] after, double value) {
    long[] outer = new long[2];
    return SliceOps.constant(x, Shapes.concat(outer, before), Shapes.concat(outer, after), value);
  }

  /** Windows of a padded input: [batch, channels, places…, kernel…]. */
  Tensor unfold(Tensor padded) {
    Tensor windows = padded;
    for (int i = 0; i < kernel.length; i++) {
      windows = windows.unfold(i + 2, extent(i), strides[i]);
      if (dilations[i] > 1) {
        windows = windows.slice(-1, Optionals.integer(), Optionals.integer(), dilations[i]);
      }
    }
    return windows;
  }
}
