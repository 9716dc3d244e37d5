package io.greenformers.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A collector of traces, as OTLP over HTTP has them sent; it keeps what it is sent. */
public final class TraceCollector implements AutoCloseable {
  private static final String PATH = "/v1/traces";

  private final HttpServer server;
  private final List<CollectedSpan> spans = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  private TraceCollector(HttpServer server) {
    this.server = server;
    server.createContext(PATH, this::take);
    server.start();
  }

  /** Starts it on a free port. */
  public static TraceCollector start() throws IOException {
    return start(0);
  }

  /** Starts it on a port. */
  public static TraceCollector start(int port) throws IOException {
    return new TraceCollector(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      bodies.add(
          exchange.getRequestHeaders().entrySet() + new String(body, StandardCharsets.ISO_8859_1));
      ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .map(CollectedSpan::of)
          .forEach(spans::add);
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** Where it takes traces. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
  }

  /** What it was sent so far. */
  public List<CollectedSpan> spans() {
    return List.copyOf(spans);
  }

  /** Head and bytes of what it was sent so far, one character per byte. */
  public List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** Waits until there are so many spans of a kind, and answers with them. */
  public List<CollectedSpan> await(int count, Predicate<CollectedSpan> kind, Duration most)
      throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      List<CollectedSpan> found = spans.stream().filter(kind).toList();
      if (found.size() >= count) {
        return found;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "expected %d spans within %s, found %s among %s".formatted(count, most, found, spans));
      }
      Thread.sleep(50);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
