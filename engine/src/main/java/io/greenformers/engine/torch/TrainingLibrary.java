package io.greenformers.engine.torch;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch_gloo;

/** The native libraries of trainings, in one process and in several. */
public final class TrainingLibrary {
  private TrainingLibrary() {}

  /**
   * Loads them, and unpacks them where that was not done yet.
   *
   * @throws LinkageError if this machine cannot
   */
  public static void load() {
    Torch.prepare();
    Loader.load(torch_gloo.class);
    if (Torch.hasCuda()) {
      ConnectedPeers.hasNccl();
    }
  }
}
