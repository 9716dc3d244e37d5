package io.greenformers.cli.machines;

import io.greenformers.cli.files.Version;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import tools.jackson.core.JacksonException;

/** The first machine of a training, as another one sees it, which has joined it. */
public final class FirstMachine implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 1 << 24;

  private final Endpoint at;
  private final JoinKey key;
  private final HttpClient http;
  private final CompletableFuture<OfferedStage> offered = new CompletableFuture<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final Thread listening;
  private final MachineMessage.Joined seat;

  private FirstMachine(
      Endpoint at, JoinKey key, Optional<InetAddress> own, String version, Duration silence)
      throws IOException, InterruptedException {
    this.at = at;
    this.key = key;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // the training's own connections know no proxy either
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(ANSWER);
    own.ifPresent(builder::localAddress);
    this.http = builder.build();
    this.seat = ask(post("/join", new MachineMessage.Join(version)), MachineMessage.Joined.class);
    this.listening =
        Thread.ofPlatform().daemon().name("first machine").start(() -> listen(silence));
  }

  /**
   * Joins its training.
   *
   * @param silence after which it counts as lost
   * @throws CliException if it is not there, or does not let this one join
   */
  public static FirstMachine join(Endpoint at, JoinKey key, Duration silence)
      throws InterruptedException {
    return join(at, key, Optional.empty(), Version.text(), silence);
  }

  /**
   * Joins its training.
   *
   * @param own the address to come from
   */
  public static FirstMachine join(
      Endpoint at, JoinKey key, Optional<InetAddress> own, String version, Duration silence)
      throws InterruptedException {
    try {
      return new FirstMachine(at, key, own, version, silence);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.FAILED,
          "%s: expected a compression that waits for machines, found none there (%s); start it first, and see that this machine reaches it"
              .formatted(at, e instanceof ConnectException ? "no answer" : e));
    }
  }

  /** Where it listens. */
  public Endpoint at() {
    return at;
  }

  /** This machine's place. */
  public MachineMessage.Joined seat() {
    return seat;
  }

  /** Completed with why when it is gone. */
  public CompletableFuture<String> lost() {
    return lost;
  }

  /** Waits for the training to begin. */
  public OfferedStage stage() throws InterruptedException {
    try {
      return offered.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Fetches a file.
   *
   * @throws CliException if it is not what was offered
   */
  public void fetch(int number, OfferedFile file, Path target, LongConsumer received)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        http.send(request("/files/" + number).build(), BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != 200) {
        throw new IOException("%s: status %d".formatted(file, answer.statusCode()));
      }
      file.receive(body, target, received);
    }
  }

  /**
   * Says that this machine has ended, if anybody is there to hear it.
   *
   * @param failure why, unless the training came to its end
   */
  public void end(Optional<String> failure) {
    listening.interrupt();
    try {
      http.send(
          post("/ends/" + seat.number(), new MachineMessage.End(failure)),
          BodyHandlers.discarding());
    } catch (IOException e) {
      // it will miss this machine all the same
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen(Duration silence) {
    long heard = System.nanoTime();
    try {
      while (!lost.isDone()) {
        Optional<String> trouble = hear();
        if (trouble.isEmpty()) {
          heard = System.nanoTime();
        } else if (System.nanoTime() - heard > silence.toNanos()) {
          lost.complete(
              "%s: expected the first machine's word, found none for %d s (%s)"
                  .formatted(at, silence.toSeconds(), trouble.get()));
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> hear() throws InterruptedException {
    try {
      MachineMessage.Now now = ask(get("/machines/" + seat.number()), MachineMessage.Now.class);
      now.stage().ifPresent(offered::complete);
      if (now.ended()) {
        lost.complete(at + ": the first machine has ended; it says why");
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.toString());
    } catch (CliException e) {
      lost.complete(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private HttpRequest get(String path) {
    return request(path).timeout(ANSWER).build();
  }

  private HttpRequest post(String path, MachineMessage message) {
    return request(path)
        .timeout(ANSWER)
        .POST(BodyPublishers.ofByteArray(MachineMessage.JSON.writeValueAsBytes(message)))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(at.uri(path)).header("Authorization", key.authorization());
  }

  private <T extends MachineMessage> T ask(HttpRequest request, Class<T> type)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      if (answer.statusCode() == 200) {
        return MachineMessage.JSON.readValue(answer.body(), type);
      }
      String why =
          MachineMessage.JSON.readValue(answer.body(), MachineMessage.Refusal.class).message();
      throw new CliException(
          answer.statusCode() == 401 ? ExitCode.USAGE : ExitCode.FAILED,
          "%s: refused: %s".formatted(at, Text.printable(why)));
    } catch (JacksonException e) {
      throw new IOException("no machine of a training answers there", e);
    }
  }

  @Override
  public void close() {
    listening.interrupt();
    http.shutdownNow();
  }
}
