package io.greenformers.service.artifact;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an S3 server and spoils some of its answers: 500, 503, a connection that is cut,
 * and a request that is done and answered with 500.
 */
final class FaultyS3 implements AutoCloseable {
  private static final Set<String> NOT_FORWARDED =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final Random random;
  private final double rate;
  private final AtomicInteger faults = new AtomicInteger();

  /**
   * Starts it.
   *
   * @param rate of requests whose answer is spoilt, from 0 to 1
   */
  FaultyS3(URI target, double rate, long seed) throws IOException {
    this.target = target;
    this.rate = rate;
    this.random = new Random(seed);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** How many answers were spoilt. */
  int faults() {
    return faults.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (nextDouble() >= rate) {
        send(exchange, forward(exchange, body));
        return;
      }
      faults.incrementAndGet();
      switch ((int) (nextDouble() * 4)) {
        case 0 -> exchange.sendResponseHeaders(500, -1);
        case 1 -> exchange.sendResponseHeaders(503, -1);
        case 2 -> {
          return; // closed without an answer
        }
        default -> {
          forward(exchange, body);
          exchange.sendResponseHeaders(500, -1);
        }
      }
    }
  }

  private synchronized double nextDouble() {
    return random.nextDouble();
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> request.header(name, value));
          }
        });
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void send(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (isHead || !name.equalsIgnoreCase("content-length")) {
            if (!name.equalsIgnoreCase("transfer-encoding")) {
              exchange.getResponseHeaders().put(name, values);
            }
          }
        });
    byte[] body = response.body();
    exchange.sendResponseHeaders(
        response.statusCode(), isHead || body.length == 0 ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
