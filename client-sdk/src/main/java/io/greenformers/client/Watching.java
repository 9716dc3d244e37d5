package io.greenformers.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Waits for the end of compressions. */
record Watching(Http http) {
  private static final Duration FIRST_LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
  private static final int NOTHING_MORE = 204;

  Compression find(String id) {
    return http.json(http.to(place(id)).build(), Compression.class);
  }

  /**
   * Cancels one. Where the answer to a first request was lost on its way, the second finds it
   * cancelled already, which is what was wanted.
   */
  Compression cancel(String id) {
    try {
      return http.json(http.to(place(id)).DELETE().build(), Compression.class);
    } catch (ServiceException e) {
      if (e.isOfRetry() && e.code().equals("compression-final")) {
        Compression found = find(id);
        if (found.state() == CompressionState.CANCELLED) {
          return found;
        }
      }
      throw e;
    }
  }

  /** Asks now and then, at first often. */
  Compression await(String id, Waiting waiting, Consumer<Compression> progress) {
    try {
      return await(id, waiting.most(), progress);
    } catch (AwaitTimeoutException | GreenformersIoException e) {
      if (waiting.cancels() && isGivenUp(e)) {
        cancelQuietly(id, e);
      }
      throw e;
    }
  }

  private Compression await(String id, Duration most, Consumer<Compression> progress) {
    long start = System.nanoTime();
    Duration pause = FIRST_LOOK;
    while (true) {
      Compression now = find(id);
      progress.accept(now);
      if (now.state().isFinal()) {
        return now;
      }
      if (System.nanoTime() - start >= most.toNanos()) {
        throw new AwaitTimeoutException(now, most);
      }
      http.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_LOOK) < 0 ? pause.multipliedBy(2) : LONGEST_LOOK;
    }
  }

  private static boolean isGivenUp(GreenformersException e) {
    return !(e instanceof GreenformersIoException io) || io.isInterruption();
  }

  /** The thread is interrupted again afterwards; what keeps it from cancelling is told beside. */
  private void cancelQuietly(String id, GreenformersException because) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      cancel(id);
    } catch (GreenformersException | IllegalStateException e) {
      because.addSuppressed(e);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Listens to events, and comes again when the connection breaks or ends. */
  Compression follow(String id, Consumer<Compression> progress) {
    String lastId = "0";
    int failures = 0;
    while (true) {
      HttpRequest request =
          http.to(place(id) + "/events")
              .header("Accept", "text/event-stream")
              .header("Last-Event-ID", lastId)
              .build();
      try (Answer answer = http.stream(request);
          EventStream events = new EventStream(answer.body(), lastId)) {
        if (answer.status() == NOTHING_MORE) {
          return find(id);
        }
        for (Optional<String> event = events.next(); event.isPresent(); event = events.next()) {
          lastId = events.lastId();
          failures = 0;
          Compression now = Http.parse(event.get(), Compression.class);
          progress.accept(now);
          if (now.state().isFinal()) {
            return now;
          }
        }
      } catch (IOException e) {
        if (failures >= http.retries().policy().most()) {
          throw Http.unreachable(request, e);
        }
      }
      http.pause(request, ++failures, Optional.empty());
    }
  }

  private static String place(String id) {
    return "/v1/compressions/" + Http.id(id);
  }
}
