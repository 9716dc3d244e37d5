package io.greenformers.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Optional arguments of libtorch functions, which have a native type each. */
public final class Optionals {
  private Optionals() {}

  public static TensorOptional tensor() {
    return new TensorOptional();
  }

  public static TensorOptional tensor(Tensor tensor) {
    return new TensorOptional(tensor);
  }

  public static TensorOptional tensor(Optional<Tensor> tensor) {
    return tensor.map(TensorOptional::new).orElseGet(TensorOptional::new);
  }

  public static LongOptional integer(long value) {
    return new LongOptional(value);
  }

  public static LongOptional integer() {
    return new LongOptional();
  }

  public static DoubleOptional real(double value) {
    return new DoubleOptional(value);
  }

  public static DoubleOptional real() {
    return new DoubleOptional();
  }

  public static ScalarTypeOptional type() {
    return new ScalarTypeOptional();
  }

  public static ScalarTypeOptional type(torch.ScalarType type) {
    return new ScalarTypeOptional(type);
  }

  public static MemoryFormatOptional format() {
    return new MemoryFormatOptional();
  }
}
