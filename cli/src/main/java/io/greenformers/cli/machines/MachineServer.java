package io.greenformers.cli.machines;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.greenformers.cli.files.Version;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ProgressLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers the other machines of a training, over HTTP: those that know the key. {@code POST /join},
 * then {@code GET /machines/N} every second, {@code GET /files/N}, {@code POST /ends/N}.
 */
final class MachineServer implements AutoCloseable {
  private static final int MOST_BYTES = 1 << 16;
  private static final int MOST_TOLD = 10;

  static {
    // seconds; whoever does not know the key could otherwise keep connections for ever
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    System.setProperty("jdk.httpserver.maxConnections", "1000");
  }

  private final JoinKey key;
  private final TrainingMachines machines;
  private final ProgressLine progress;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger refused = new AtomicInteger();

  /** Listens, and answers from {@link #start} on. */
  MachineServer(Endpoint at, JoinKey key, TrainingMachines machines, ProgressLine progress)
      throws IOException {
    this.key = key;
    this.machines = machines;
    this.progress = progress;
    this.server = HttpServer.create(at.socket(), 0);
    server.setExecutor(threads);
    handle("/join", this::join);
    handle("/machines/", this::hear);
    handle("/files/", this::send);
    handle("/ends/", this::end);
  }

  void start() {
    server.start();
  }

  private void handle(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (key.isSaidBy(exchange.getRequestHeaders().getFirst("Authorization"))) {
              handler.handle(exchange);
            } else {
              refuse(exchange);
            }
          }
        });
  }

  private void refuse(HttpExchange exchange) throws IOException {
    int before = refused.getAndIncrement();
    if (before < MOST_TOLD) {
      progress.say(
          "refused %s, which does not know the key (%d so far%s)"
              .formatted(
                  exchange.getRemoteAddress().getAddress().getHostAddress(),
                  before + 1,
                  before + 1 < MOST_TOLD ? "" : ", and no more is said of it"));
    }
    answer(exchange, 401, new MachineMessage.Refusal("expected the key that this training has"));
  }

  private void join(HttpExchange exchange) throws IOException {
    String own = Version.text();
    String other = read(exchange, MachineMessage.Join.class).version();
    if (!own.equals(other)) {
      answer(
          exchange,
          409,
          new MachineMessage.Refusal(
              "expected the first machine's version, %s, found %s; use the same one on all"
                  .formatted(own, other)));
      return;
    }
    try {
      answer(exchange, 200, machines.join(exchange.getRemoteAddress().getAddress()));
    } catch (CliException e) {
      answer(exchange, 409, new MachineMessage.Refusal(String.valueOf(e.getMessage())));
    }
  }

  private void hear(HttpExchange exchange) throws IOException {
    Optional<MachineMessage.Now> now = machines.hear(number(exchange));
    if (now.isPresent()) {
      answer(exchange, 200, now.get());
    } else {
      answer(exchange, 404, new MachineMessage.Refusal("expected a machine that has joined"));
    }
  }

  private void send(HttpExchange exchange) throws IOException {
    Optional<Path> file = machines.file(number(exchange));
    if (file.isEmpty()) {
      answer(exchange, 404, new MachineMessage.Refusal("expected a file of this training"));
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      Files.copy(file.get(), out);
    }
  }

  private void end(HttpExchange exchange) throws IOException {
    machines.end(number(exchange), read(exchange, MachineMessage.End.class));
    exchange.sendResponseHeaders(204, -1);
  }

  /** The last part of the path; one that nothing has where it is no number. */
  private static int number(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    return last.matches("\\d{1,6}") ? Integer.parseInt(last) : Integer.MAX_VALUE;
  }

  private static <T extends MachineMessage> T read(HttpExchange exchange, Class<T> type)
      throws IOException {
    return MachineMessage.JSON.readValue(exchange.getRequestBody().readNBytes(MOST_BYTES), type);
  }

  private static void answer(HttpExchange exchange, int status, MachineMessage message)
      throws IOException {
    byte[] body = MachineMessage.JSON.writeValueAsBytes(message);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(1);
    threads.shutdownNow();
  }
}
