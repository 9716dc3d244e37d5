package io.greenformers.engine.torch;

import java.util.function.Function;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_gloo;
import org.bytedeco.pytorch.global.torch_nccl;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/**
 * Processes of one machine or of several, by libtorch's process groups: NCCL between CUDA devices
 * where this build has it, else gloo, which tensors of a device are copied to and from. Processes
 * of one machine are connected over the loopback interface.
 */
public final class ConnectedPeers implements Peers {
  private static final String LOOPBACK = "127.0.0.1";

  private final Seat seat;
  private final ComputeDevice device;
  private final Store store;
  private final Backend group;

  private ConnectedPeers(Seat seat, ComputeDevice device, Store store, Backend group) {
    this.seat = seat;
    this.device = device;
    this.store = store;
    this.group = group;
  }

  /**
   * Waits for all others to take their seats.
   *
   * @param device that tensors mostly are on; every process has a device of its own
   * @throws LostPeerException if they do not come within half an hour
   * @throws UnusableAddressException if this process cannot listen where they are to come
   */
  public static Peers connect(Seat seat, ComputeDevice device) {
    Torch.prepare();
    try {
      Store store = MeetingStore.open(seat, device);
      return device == ComputeDevice.CUDA && hasNccl()
          ? new ConnectedPeers(
              seat, device, store, new ProcessGroupNCCL(store, seat.rank(), seat.size()))
          : new ConnectedPeers(seat, ComputeDevice.CPU, store, gloo(store, seat));
    } catch (UnusableAddressException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new LostPeerException(seat, e);
    }
  }

  static boolean hasNccl() {
    try {
      Loader.load(torch_nccl.class);
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  private static Backend gloo(Store store, Seat seat) {
    Loader.load(torch_gloo.class);
    try (Scope scope = new Scope()) {
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create();
      // by default gloo listens on whatever the host's name resolves to
      options.devices(
          new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(address(seat))));
      return new ProcessGroupGloo(store, seat.rank(), seat.size(), options).retainReference();
    }
  }

  private static String address(Seat seat) {
    return switch (seat.meeting()) {
      case Meeting.InFile in -> LOOPBACK;
      case Meeting.AtPort at -> String.valueOf(at.own().getHostAddress());
    };
  }

  @Override
  public int rank() {
    return seat.rank();
  }

  @Override
  public int size() {
    return seat.size();
  }

  @Override
  public void sum(Tensor tensor) {
    together(tensor, group::allreduce);
  }

  @Override
  public double sum(double value) {
    try (Scope scope = new Scope()) {
      Tensor tensor =
          torch.full(new long[] {1}, new Scalar(value), new TensorOptions(ScalarType.Double));
      sum(tensor);
      return TorchTensors.doubles(tensor)[0];
    }
  }

  @Override
  public void broadcast(Tensor tensor) {
    together(tensor, group::broadcast);
  }

  private void together(Tensor tensor, Function<TensorVector, Work> collective) {
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      Tensor here = device.place(tensor.detach());
      collective.apply(new TensorVector(here))._wait();
      if (!device.holds(tensor)) {
        tensor.copy_(here);
      }
    } catch (RuntimeException e) {
      throw new LostPeerException(seat, e);
    }
  }

  @Override
  public void close() {
    group.close();
    store.close();
  }
}
