package io.greenformers.protocol.request;

/**
 * How self-attention becomes Linformer, where the method says so.
 *
 * @param projectedLength k: how many places keys and values are projected to; shorter sequences
 *     stay as they are
 */
public record Linformer(int projectedLength) {
  public Linformer {
    Checks.require(
        projectedLength >= 1 && projectedLength <= 65_536,
        "linformer.projectedLength",
        "1 to 65536",
        projectedLength);
  }
}
