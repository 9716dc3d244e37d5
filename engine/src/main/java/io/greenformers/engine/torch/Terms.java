package io.greenformers.engine.torch;

import org.bytedeco.pytorch.Store;

/**
 * What the first machine says at a {@link Meeting} of several, before the others take their seats.
 *
 * @param processes on each machine
 * @param device that all of them compute on
 */
public record Terms(int processes, ComputeDevice device) {
  private static final String PROCESSES = "greenformers/processes";
  private static final String DEVICE = "greenformers/device";

  /**
   * Waits for them.
   *
   * @throws LostPeerException if the first machine does not come within half an hour
   */
  public static Terms heardAt(Meeting.AtPort meeting) {
    Torch.prepare();
    try (Store store = MeetingStore.visit(meeting)) {
      return new Terms(
          Integer.parseInt(store.get_to_str(PROCESSES)),
          ComputeDevice.valueOf(store.get_to_str(DEVICE)));
    } catch (RuntimeException e) {
      throw new LostPeerException("the first machine", e);
    }
  }

  void sayAt(Store store) {
    store.set(PROCESSES, String.valueOf(processes));
    store.set(DEVICE, device.name());
  }
}
