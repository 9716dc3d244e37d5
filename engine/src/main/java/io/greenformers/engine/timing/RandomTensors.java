package io.greenformers.engine.timing;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Tensors whose values are of no matter, for timing.
 *
 * <p>Magnitudes lie in [0.02, 0.06]: neither they nor products of a few of them are denormal, which
 * some processors are slow at.
 */
final class RandomTensors {
  /** Values repeat after this many. */
  private static final int PERIOD = 4096;

  /** Elements that are written to a file at once. */
  private static final int CHUNK = 1 << 18;

  private final SplittableRandom random;

  RandomTensors(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** An initializer of a floating type. */
  TensorProto floating(String name, DataType type, List<Long> dims) {
    ElementType element = ElementType.valueOf(type.name());
    ByteBuffer bytes = repeated(element, Math.toIntExact(Tensors.elements(dims)), 0, false);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.number())
        .addAllDims(dims)
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }

  /**
   * An input.
   *
   * @param bound integers are drawn from [0, bound)
   */
  Tensor input(DataType type, List<Long> shape, long bound) {
    ElementType element = ElementType.valueOf(type.name());
    int elements = Math.toIntExact(Tensors.elements(shape));
    return new Tensor(element, shape, repeated(element, elements, bound, true));
  }

  /** Elements of a floating tensor of any size. */
  WeightStore.Elements elements() {
    double[] period = new double[PERIOD];
    Arrays.setAll(period, i -> value());
    return i -> period[(int) (i % PERIOD)];
  }

  /** Appends the elements of a floating tensor to a file, until it has a length. */
  void fill(FileChannel file, DataType type, long length) throws IOException {
    ByteBuffer chunk = repeated(ElementType.valueOf(type.name()), CHUNK, 0, true);
    for (long at = file.size(); at < length; at = file.size()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), length - at));
      file.position(at);
      while (chunk.hasRemaining()) {
        file.write(chunk);
      }
    }
  }

  private ByteBuffer repeated(ElementType type, int elements, long bound, boolean direct) {
    int bytes = Math.multiplyExact(elements, type.bytes());
    ByteBuffer all = direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    all.order(ByteOrder.nativeOrder());
    for (int i = 0; i < Math.min(elements, PERIOD); i++) {
      type.put(all, type.isFloating() ? value() : random.nextLong(Math.max(1, bound)));
    }
    int period = all.position();
    while (all.hasRemaining()) {
      int length = Math.min(period, all.remaining());
      all.put(all.slice(0, length));
    }
    return all.flip();
  }

  private double value() {
    double magnitude = 0.02 + 0.04 * random.nextDouble();
    return random.nextBoolean() ? magnitude : -magnitude;
  }
}
