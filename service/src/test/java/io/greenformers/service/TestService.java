package io.greenformers.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The whole service on a free port, inside the test's process. Its engine is an empty jar: whatever
 * needs a child fails; whatever does not is as it is.
 */
public final class TestService implements AutoCloseable {
  private final ConfigurableApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestService(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts it with a data directory below the given one. */
  public static TestService start(Path directory, String... settings) {
    try {
      Path engine = Files.createDirectories(directory.resolve("home/engine/target"));
      Files.write(engine.resolve("engine-0.jar"), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> all =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--greenformers.home=" + directory.resolve("home"),
                "--greenformers.data=" + directory.resolve("data")));
    all.addAll(List.of(settings));
    return new TestService(ServiceApplication.start(all.toArray(String[]::new)));
  }

  /** A part of the service. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** A request to a path of the service. */
  public HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port(), path)));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    context.close();
  }
}
