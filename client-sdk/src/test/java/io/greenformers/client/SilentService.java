package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes one connection, says little and falls silent; notices when its caller hangs up. */
final class SilentService implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final ServerSocket socket;
  private final String says;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch hungUp = new CountDownLatch(1);

  SilentService() throws IOException {
    this("");
  }

  /**
   * Starts it.
   *
   * @param says what it answers before it falls silent
   */
  SilentService(String says) throws IOException {
    this.says = says;
    socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::listen, "silent-service");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    try (Socket caller = socket.accept();
        InputStream in = caller.getInputStream()) {
      for (int read = in.read(); read >= 0; read = in.read()) {
        if (asked.getCount() > 0) {
          caller.getOutputStream().write(Documents.bytes(says));
        }
        asked.countDown();
      }
    } catch (IOException e) {
      // reset: hung up as well
    }
    hungUp.countDown();
  }

  GreenformersClient client() {
    return builder().build();
  }

  ClientBuilder builder() {
    return GreenformersClient.builder()
        .baseUrl("http://127.0.0.1:" + socket.getLocalPort())
        .retries(RetryPolicy.NEVER);
  }

  boolean isAsked() throws InterruptedException {
    return asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  boolean isHungUp() throws InterruptedException {
    return hungUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
