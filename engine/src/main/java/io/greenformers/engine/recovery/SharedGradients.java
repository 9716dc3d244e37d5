package io.greenformers.engine.recovery;

import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import io.greenformers.engine.torch.TorchTensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Sums the gradients of weights over all processes, several small ones at a time: each sum costs a
 * round through all of them. Not thread-safe.
 */
final class SharedGradients {
  /**
   * Of fp32, 4 MB: large enough that the rounds do not count, small enough to be no second copy.
   */
  private static final long BUCKET_ELEMENTS = 1 << 20;

  private final Peers peers;
  private final List<Tensor> weights;

  /**
   * Of weights.
   *
   * @param weights leaf tensors, in the same order in all processes
   */
  SharedGradients(Peers peers, Collection<Tensor> weights) {
    this.peers = peers;
    this.weights = List.copyOf(weights);
  }

  /** Sums them; a weight that another process has a gradient of gets one here too. */
  void sum() {
    if (peers.size() == 1) {
      return;
    }
    try (Torch.Guard off = Torch.withoutGradients()) {
      List<Tensor> bucket = new ArrayList<>();
      long elements = 0;
      for (Tensor weight : reached()) {
        if (!bucket.isEmpty() && elements + weight.numel() > BUCKET_ELEMENTS) {
          sum(bucket);
          bucket.clear();
          elements = 0;
        }
        bucket.add(weight);
        elements += weight.numel();
      }
      if (!bucket.isEmpty()) {
        sum(bucket);
      }
    }
  }

  /** Rows may take different branches of a graph. */
  private List<Tensor> reached() {
    try (Scope scope = new Scope()) {
      long[] here = weights.stream().mapToLong(w -> w.grad().defined() ? 1 : 0).toArray();
      Tensor counts = TorchTensors.of(here, here.length);
      peers.sum(counts);
      long[] anywhere = TorchTensors.longs(counts);
      List<Tensor> reached = new ArrayList<>();
      for (int i = 0; i < anywhere.length; i++) {
        if (anywhere[i] > 0) {
          reached.add(weights.get(i));
        }
      }
      return reached;
    }
  }

  private void sum(List<Tensor> bucket) {
    try (Scope scope = new Scope()) {
      TensorVector parts = new TensorVector();
      for (Tensor weight : bucket) {
        if (!weight.grad().defined()) {
          weight.mutable_grad().put(torch.zeros_like(weight));
        }
        parts.push_back(weight.grad().reshape(-1));
      }
      Tensor flat = torch.cat(parts, 0);
      peers.sum(flat);
      long at = 0;
      for (Tensor weight : bucket) {
        Tensor part = flat.narrow(0, at, weight.numel());
        weight.grad().copy_(part.view(weight.sizes()));
        at += weight.numel();
      }
    }
  }
}
