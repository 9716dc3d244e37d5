package io.greenformers.engine.torch;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Where tensors are and operators run. */
public enum ComputeDevice {
  CPU(torch.DeviceType.CPU),
  /** The first CUDA device. */
  CUDA(torch.DeviceType.CUDA);

  private final torch.DeviceType type;

  ComputeDevice(torch.DeviceType type) {
    this.type = type;
  }

  /** CUDA where there is a device, else the CPU. */
  public static ComputeDevice best() {
    return Torch.hasCuda() ? CUDA : CPU;
  }

  public torch.DeviceType type() {
    return type;
  }

  /** Whether a tensor is here. */
  public boolean holds(Tensor tensor) {
    return this == CUDA ? tensor.is_cuda() : tensor.is_cpu();
  }

  /**
   * The tensor, here; itself where it is here already. Copies to the device are queued and not
   * waited for.
   */
  public Tensor place(Tensor tensor) {
    if (holds(tensor)) {
      return tensor;
    }
    try (Device device = new Device(type)) {
      return tensor.to(device, tensor.scalar_type(), this == CUDA, false, Optionals.format());
    }
  }
}
