package io.greenformers.client.snippets;

import io.greenformers.client.GreenformersClient;
import io.greenformers.client.RequestListener;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

final class Observing {
  private Observing() {}

  static GreenformersClient client(String url, Consumer<String> log) {
    // @start region="observe"
    RequestListener listener =
        new RequestListener() {
          @Override
          public void answered(Exchange exchange, int status, Duration took) {
            log.accept("%s %d %d ms".formatted(exchange.route(), status, took.toMillis()));
          }

          @Override
          public void failed(Exchange exchange, IOException cause, Duration took) {
            log.accept("%s %s %d ms".formatted(exchange.route(), cause, took.toMillis()));
          }
        };
    return GreenformersClient.builder().baseUrl(url).requestListener(listener).build();
    // @end
  }
}
