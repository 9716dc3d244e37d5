package io.greenformers.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A conversation with a browser by the Chrome DevTools Protocol: commands and their answers. Events
 * are not listened to.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">the protocol</a>
 */
final class DevTools implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final WebSocket socket;

  DevTools(URI browser) {
    this.socket = client.newWebSocketBuilder().buildAsync(browser, new Answers()).join();
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @param session of the page that it is for; empty for the browser itself
   * @throws IllegalStateException if the browser refuses it, or does not answer
   */
  JsonNode send(String session, String method, Map<String, ?> parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    asked.put(id, answer);
    var command = JSON.createObjectNode().put("id", id).put("method", method);
    command.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      command.put("sessionId", session);
    }
    socket.sendText(JSON.writeValueAsString(command), true).join();
    try {
      JsonNode found = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (found.has("error")) {
        throw new IllegalStateException(method + ": " + found.at("/error/message").asString());
      }
      return found.path("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + ": the browser does not answer", e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }

  private final class Answers implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      message.append(part);
      if (isLast) {
        JsonNode answer = JSON.readTree(message.toString());
        message.setLength(0);
        CompletableFuture<JsonNode> waiting = asked.remove(answer.path("id").asInt(-1));
        if (waiting != null) {
          waiting.complete(answer);
        }
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }
}
