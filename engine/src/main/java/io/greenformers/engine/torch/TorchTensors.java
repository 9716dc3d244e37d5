package io.greenformers.engine.torch;

import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch's tensors from and to our own and files' bytes. All are copies, on the CPU; the caller,
 * or the scope around it, closes them.
 */
public final class TorchTensors {
  private TorchTensors() {}

  /** A tensor with the same elements. */
  public static Tensor of(io.greenformers.engine.runtime.Tensor tensor) {
    return copy(
        Types.scalar(tensor.type()),
        tensor.shape(),
        MemorySegment.ofBuffer(tensor.bytes().duplicate()));
  }

  /**
   * A tensor of a model, wherever its bytes lie.
   *
   * @throws UnsupportedTypeException if its type is none of libtorch's
   */
  public static Tensor of(TensorProto tensor, WeightStore weights) {
    return copy(Types.scalar(Tensors.type(tensor)), tensor.getDimsList(), weights.bytes(tensor));
  }

  /** An int64 tensor. */
  public static Tensor of(long[] values, long... shape) {
    try (TensorOptions options = new TensorOptions(ScalarType.Long)) {
      Tensor tensor = torch.empty(shape, options, Optionals.format());
      MemorySegment.copy(values, 0, memory(tensor), ValueLayout.JAVA_LONG, 0, values.length);
      return tensor;
    }
  }

  /** Our own tensor with the same elements, in memory of its own. Waits for the device. */
  public static io.greenformers.engine.runtime.Tensor copy(Tensor tensor) {
    ElementType type = Types.element(tensor.scalar_type());
    try (Scope scope = new Scope()) {
      Tensor dense = tensor.detach().cpu().contiguous();
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(Math.toIntExact(dense.nbytes())).order(ByteOrder.nativeOrder());
      MemorySegment.ofBuffer(bytes).copyFrom(memory(dense));
      List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
      return new io.greenformers.engine.runtime.Tensor(type, shape, bytes);
    }
  }

  /** The type of a tensor's elements. */
  public static ElementType type(Tensor tensor) {
    return Types.element(tensor.scalar_type());
  }

  /** Reads the bytes of a tensor's elements. */
  @FunctionalInterface
  public interface Reader<E extends Exception> {
    /**
     * Reads.
     *
     * @param bytes row-major, in the machine's byte order; valid until this returns
     */
    void read(MemorySegment bytes) throws E;
  }

  /** Lets the elements be read in place, or, of a tensor on a device, in a copy. */
  public static <E extends Exception> void read(Tensor tensor, Reader<E> reader) throws E {
    try (Scope scope = new Scope()) {
      reader.read(memory(tensor.detach().cpu().contiguous()));
    }
  }

  /** The elements of an integer tensor, row-major. Waits for the device if it is on one. */
  public static long[] longs(Tensor tensor) {
    try (Scope scope = new Scope()) {
      Tensor dense = tensor.cpu().to(ScalarType.Long).contiguous();
      return memory(dense).toArray(ValueLayout.JAVA_LONG);
    }
  }

  /** The elements of a tensor as doubles, row-major. Waits for the device if it is on one. */
  public static double[] doubles(Tensor tensor) {
    try (Scope scope = new Scope()) {
      Tensor dense = tensor.detach().cpu().to(ScalarType.Double).contiguous();
      return memory(dense).toArray(ValueLayout.JAVA_DOUBLE);
    }
  }

  private static Tensor copy(ScalarType type, List<Long> shape, MemorySegment bytes) {
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    try (TensorOptions options = new TensorOptions(type)) {
      Tensor tensor = torch.empty(sizes, options, Optionals.format());
      memory(tensor).copyFrom(bytes);
      return tensor;
    }
  }

  /** The memory of a dense tensor on the CPU. */
  @SuppressWarnings("restricted")
  private static MemorySegment memory(Tensor tensor) {
    if (tensor.numel() == 0) {
      return MemorySegment.NULL;
    }
    try (Pointer pointer = tensor.data_ptr()) {
      return MemorySegment.ofAddress(pointer.address()).reinterpret(tensor.nbytes());
    }
  }
}
