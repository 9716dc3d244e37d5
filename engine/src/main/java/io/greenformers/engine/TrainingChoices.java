package io.greenformers.engine;

import io.greenformers.engine.recovery.LearningRate;
import io.greenformers.engine.recovery.RecoverySettings;
import io.greenformers.engine.recovery.RecoverySettings.LossWeights;
import io.greenformers.engine.recovery.TrainingSummary;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import io.greenformers.engine.torch.Seat;
import io.greenformers.engine.torch.Torch;
import io.greenformers.protocol.request.Recovery;
import java.util.Optional;

/**
 * The recovery that was asked for, in the terms of the engine, on this machine.
 *
 * @param device where it runs
 * @param type that products are computed in
 * @param processes of this machine that share every batch
 */
record TrainingChoices(
    ComputeDevice device, ComputeType type, int processes, RecoverySettings settings) {

  /**
   * Chooses.
   *
   * @throws UntrainableException if a device that was asked for is not there
   */
  static TrainingChoices of(Recovery recovery) {
    ComputeDevice device = device(recovery.device());
    return new TrainingChoices(
        device,
        type(recovery.precision(), device),
        processes(recovery, device),
        settings(recovery));
  }

  private static int processes(Recovery recovery, ComputeDevice device) {
    if (device == ComputeDevice.CPU) {
      return recovery.fixedProcesses().orElse(1);
    }
    // of one that has a device of its own, the others are out of sight
    int devices = PeerSeat.configured().map(Seat::processes).orElseGet(Torch::cudaDevices);
    int processes = recovery.fixedProcesses().orElse(devices);
    if (processes > devices) {
      throw new UntrainableException(
          "recovery.processes: expected at most one per CUDA device, of which there are %d, found %d; use 'auto', or fewer"
              .formatted(devices, processes));
    }
    return processes;
  }

  private static ComputeDevice device(Recovery.Device asked) {
    ComputeDevice best = ComputeDevice.best();
    if (asked == Recovery.Device.CUDA && best != ComputeDevice.CUDA) {
      throw new UntrainableException(
          "recovery.device: expected a CUDA device and natives for it (build profile 'gpu'), found none; use 'auto' or 'cpu'");
    }
    return asked == Recovery.Device.CPU ? ComputeDevice.CPU : best;
  }

  private static ComputeType type(Recovery.Precision asked, ComputeDevice device) {
    return switch (asked) {
      case FP32 -> ComputeType.FLOAT32;
      case BF16 -> ComputeType.BFLOAT16;
      case AUTO -> device == ComputeDevice.CUDA ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
    };
  }

  private static RecoverySettings settings(Recovery recovery) {
    LearningRate rate =
        new LearningRate(
            recovery.learningRate(),
            recovery.warmup(),
            switch (recovery.schedule()) {
              case LINEAR -> LearningRate.Decay.LINEAR;
              case COSINE -> LearningRate.Decay.COSINE;
            });
    Recovery.Distillation distillation = recovery.distillation();
    LossWeights losses =
        new LossWeights(
            recovery.labels(),
            distillation.logits(),
            distillation.hidden(),
            distillation.temperature());
    return new RecoverySettings(
        recovery.epochs(),
        rate,
        recovery.weightDecay(),
        recovery.accumulation(),
        losses,
        recovery.patience(),
        recovery.longest());
  }

  LossWeights losses() {
    return settings.losses();
  }

  /** What a training came to, as documents have it. */
  Documents.Training figures(TrainingSummary summary) {
    return new Documents.Training(
        summary.steps(),
        summary.epochs(),
        summary.millis() / 1000.0,
        Documents.lower(device),
        type == ComputeType.BFLOAT16 ? "bf16" : "fp32",
        summary.lossFirst(),
        summary.lossLast(),
        summary.losses().stream().map(p -> new Documents.LossPoint(p.step(), p.loss())).toList(),
        summary.quality().stream()
            .map(q -> new Documents.Quality(q.epoch(), q.loss(), q.accuracy()))
            .toList(),
        summary.quality().get(summary.best()).epoch(),
        endedEarly(summary));
  }

  /** Why it ended early, where it did. */
  private static Optional<String> endedEarly(TrainingSummary summary) {
    return switch (summary.ending()) {
      case EPOCHS -> Optional.empty();
      case PATIENCE ->
          Optional.of(
              "it got no better on the texts that were held out for %d epochs"
                  .formatted(summary.quality().size() - 1 - summary.best()));
      case TIME -> Optional.of("recovery.maxDuration was over; allow more, or train fewer epochs");
      case DIVERGED ->
          Optional.of(
              "the loss was no number any more; the best weights before that were kept; lower recovery.learningRate");
    };
  }
}
