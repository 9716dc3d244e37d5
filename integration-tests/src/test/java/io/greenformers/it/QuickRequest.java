package io.greenformers.it;

import io.greenformers.client.CompressionRequest;
import io.greenformers.client.Ranks;
import java.util.List;

/** The request that costs least: half of each site's weights, timed at one small shape. */
final class QuickRequest {
  private QuickRequest() {}

  /**
   * Asks for it.
   *
   * @param model its id
   */
  static CompressionRequest of(String model) {
    return CompressionRequest.of(model)
        .ranks(Ranks.uniform(0.5))
        .latencyGrid(List.of(1), List.of(8))
        .build();
  }
}
