package io.greenformers.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves one file in ranges, but hangs up in the middle of a request for all of it. */
final class BreakingService implements AutoCloseable {
  private final HttpServer server;
  private final byte[] content;
  private final int cut;
  private final List<String> ranges = new CopyOnWriteArrayList<>();

  BreakingService(byte[] content, int cut) throws IOException {
    this.content = content;
    this.cut = cut;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/a", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=|-$", ""));
    int to = range == null ? cut : content.length;
    ranges.add(range == null ? "all" : range + exchange.getRequestHeaders().getFirst("If-Range"));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content, from, to - from);
    } finally {
      exchange.close();
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was asked for, with the condition it was asked under. */
  List<String> ranges() {
    return ranges;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
