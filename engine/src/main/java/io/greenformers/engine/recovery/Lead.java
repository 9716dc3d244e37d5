package io.greenformers.engine.recovery;

import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the first process has found out, told to the others: they neither judge nor read clocks and
 * checkpoints, so all take the same decisions.
 */
final class Lead {
  private static final JsonMapper JSON = new JsonMapper();

  private final Peers peers;

  Lead(Peers peers) {
    this.peers = peers;
  }

  /** The number that the first process has. */
  long number(long own) {
    return peers.size() == 1 ? own : numbers(own)[0];
  }

  /** The state that the first process has. */
  TrainingState state(TrainingState own) {
    if (peers.size() == 1) {
      return own;
    }
    String document = JSON.writeValueAsString(own);
    long length = number(document.length());
    long[] characters = document.chars().asLongStream().limit(length).toArray();
    long[] told = numbers(Arrays.copyOf(characters, Math.toIntExact(length)));
    StringBuilder text = new StringBuilder();
    for (long character : told) {
      text.append((char) character);
    }
    return JSON.readValue(text.toString(), TrainingState.class);
  }

  private long[] numbers(long... own) {
    try (Scope scope = new Scope()) {
      Tensor tensor = TorchTensors.of(own, own.length);
      peers.broadcast(tensor);
      return TorchTensors.longs(tensor);
    }
  }
}
