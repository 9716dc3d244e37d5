package io.greenformers.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a service that is busy, again and again until closed, and remembers how long it took to
 * answer, and how much of its heap was in use.
 */
final class ProbedService implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long PAUSE_MILLIS = 50;
  private static final String HEAP = "/actuator/metrics/jvm.memory.used?tag=area:heap";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String path;
  private final String key;
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong mostHeap = new AtomicLong();
  private final AtomicLong unanswered = new AtomicLong();
  private final Thread asking;

  /** Asks a service without login. */
  ProbedService(RunningService service, String path) {
    this(service, path, "");
  }

  /**
   * Begins to ask.
   *
   * @param path what a tenant may read
   * @param key of that tenant; empty without login, and only then the heap is looked at
   */
  ProbedService(RunningService service, String path, String key) {
    this.url = service.url();
    this.path = path;
    this.key = key;
    this.asking = Thread.ofPlatform().daemon().name("probe").start(this::askUntilClosed);
  }

  private void askUntilClosed() {
    try {
      while (true) {
        ask();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void ask() throws InterruptedException {
    try {
      long start = System.nanoTime();
      if (get(path).statusCode() < 500) {
        nanos.add(System.nanoTime() - start);
      } else {
        unanswered.incrementAndGet();
      }
      if (key.isEmpty()) {
        lookAtHeap();
      }
    } catch (IOException e) {
      unanswered.incrementAndGet();
    }
  }

  private void lookAtHeap() throws IOException, InterruptedException {
    long used = JSON.readTree(get(HEAP).body()).get("measurements").get(0).get("value").asLong();
    mostHeap.accumulateAndGet(used, Math::max);
  }

  private HttpResponse<String> get(String what) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + what));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** In bytes, as far as it was seen. */
  long mostHeap() {
    return mostHeap.get();
  }

  /** How many questions got no answer, or one of 500 and more. */
  long unanswered() {
    return unanswered.get();
  }

  /** The answer's time, in milliseconds, that so great a share of all stays below. */
  double millis(double share) {
    List<Long> sorted;
    synchronized (nanos) {
      sorted = nanos.stream().sorted().toList();
    }
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size()))) / 1e6;
  }

  /** For people. */
  String latencies() {
    return "GET %s answered in p50 %.0f ms, p99 %.0f ms, of %d; %d failed"
        .formatted(path, millis(0.5), millis(0.99), nanos.size(), unanswered());
  }

  @Override
  public void close() {
    asking.interrupt();
    http.shutdownNow();
  }
}
