package io.greenformers.engine.torch;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.global.torch;

/**
 * The process's libtorch. It is loaded at the first call of {@link #prepare}, which every entry of
 * this package makes.
 *
 * <p>The process must have been started with {@code OMP_WAIT_POLICY=PASSIVE} in its environment:
 * threads of libtorch and OpenBLAS otherwise spin against each other, and a step takes five times
 * as long.
 */
public final class Torch {
  static {
    NativeHeap.keepFreedMemory();
    torch.set_num_threads(Runtime.getRuntime().availableProcessors());
    // the oneDNN that comes along computes wrong convolutions (decision 19)
    torch.globalContext().setUserEnabledMkldnn(false);
    // says so on every machine that it does not know
    torch.globalContext().setUserEnabledNNPACK(false);
  }

  private Torch() {}

  /** Loads libtorch, which takes seconds, and lets it use all cores. */
  public static void prepare() {
    // the static initializer does it, once
  }

  /** Leaves a share of the cores to each of so many processes that compute at the same time. */
  public static void shareCores(int processes) {
    torch.set_num_threads(Math.max(1, Runtime.getRuntime().availableProcessors() / processes));
  }

  /** How many CUDA devices this build can use on this machine. */
  public static int cudaDevices() {
    return hasCuda() ? Math.toIntExact(torch.getNumGPUs()) : 0;
  }

  /** Whether this build has CUDA and the machine a device. */
  public static boolean hasCuda() {
    return torch.cuda_is_available();
  }

  /** Seeds libtorch's own generators, of all devices. */
  public static void seed(long seed) {
    torch.manual_seed(seed);
  }

  /** Until closed, nothing that the calling thread computes can be differentiated. */
  public static Guard withoutGradients() {
    boolean before = GradMode.is_enabled();
    GradMode.set_enabled(false);
    return () -> GradMode.set_enabled(before);
  }

  /** A setting of the calling thread that ends when it is closed. */
  @FunctionalInterface
  public interface Guard extends AutoCloseable {
    @Override
    void close();
  }
}
