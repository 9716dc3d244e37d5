package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.List;

/**
 * A tensor as int8 with one scale per channel, symmetric: value ≈ scale·q, q in [-127, 127], scale
 * = max|value| / 127 over the channel (Jacob et al. 2018, without zero points).
 */
final class StorageChannels {
  private static final int MOST = 127;

  /** What uint8 has in the place of 0, where the integers are to be unsigned. */
  static final int MIDDLE = 128;

  private final float[] values;
  private final int channels;
  private final int inner;
  private final float[] scales;

  /**
   * Finds the scales.
   *
   * @param values of a tensor, row-major, finite; not modified
   * @param axis 0, or the last of two
   */
  StorageChannels(float[] values, List<Long> dims, int axis) {
    this.values = values;
    this.channels = Math.toIntExact(dims.get(axis));
    this.inner = axis == 0 ? values.length / channels : 1;
    this.scales = new float[channels];
    for (int i = 0; i < values.length; i++) {
      int channel = channel(i);
      scales[channel] = Math.max(scales[channel], Math.abs(values[i]));
    }
    for (int c = 0; c < channels; c++) {
      scales[c] = scales[c] / MOST;
    }
  }

  /** Whether a scale has lost digits: then the channel would. */
  boolean underflows() {
    for (float scale : scales) {
      if (scale != 0 && scale < Float.MIN_NORMAL) {
        return true;
      }
    }
    return false;
  }

  /** Writes the integers, as int8. */
  TensorProto integers(WeightStore weights, String name, List<Long> dims) {
    return weights.append(name, DataType.INT8, dims, i -> integer((int) i));
  }

  /** Writes the integers plus {@link #MIDDLE}, as uint8. */
  TensorProto unsigned(WeightStore weights, String name, List<Long> dims) {
    return weights.append(name, DataType.UINT8, dims, i -> integer((int) i) + MIDDLE);
  }

  /** Writes the scales in a shape of as many elements. */
  TensorProto scales(WeightStore weights, String name, List<Long> dims) {
    return weights.append(name, DataType.FLOAT, dims, i -> scales[(int) i]);
  }

  /** Bytes of integers and scales. */
  long bytes() {
    return values.length + DataType.FLOAT.bytes(channels);
  }

  private double integer(int index) {
    float scale = scales[channel(index)];
    return scale == 0 ? 0 : Math.clamp(Math.rint(values[index] / scale), -MOST, MOST);
  }

  private int channel(int index) {
    return index / inner % channels;
  }
}
