package io.greenformers.client.snippets;

import io.greenformers.client.AwaitTimeoutException;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Waiting;
import java.time.Duration;

final class Cancelling {
  private Cancelling() {}

  static boolean isDoneInTime(GreenformersClient client, String id, Duration most) {
    // @start region="cancel"
    try {
      client.await(id, Waiting.atMost(most).orCancel(), now -> {});
      return true;
    } catch (AwaitTimeoutException e) {
      return false; // the service has been told to stop
    }
    // @end
  }
}
