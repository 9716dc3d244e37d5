package io.greenformers.engine.torch;

import org.bytedeco.pytorch.global.torch;

/** bf16 for products and convolutions of the calling thread. */
public final class Autocast {
  private Autocast() {}

  /** Switches it on until the guard is closed. */
  public static Torch.Guard bfloat16(ComputeDevice device) {
    boolean enabled = torch.is_autocast_enabled(device.type());
    boolean cached = torch.is_autocast_cache_enabled();
    torch.set_autocast_dtype(device.type(), torch.ScalarType.BFloat16);
    torch.set_autocast_enabled(device.type(), true);
    // the cache would keep casts of weights over optimizer steps
    torch.set_autocast_cache_enabled(false);
    return () -> {
      torch.set_autocast_enabled(device.type(), enabled);
      torch.set_autocast_cache_enabled(cached);
    };
  }
}
