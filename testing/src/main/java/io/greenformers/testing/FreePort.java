package io.greenformers.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for what a test starts and does not let choose its port. */
public final class FreePort {
  /** Below those that systems give to outgoing connections, which could take one meanwhile. */
  private static final int FIRST = 10_000;

  private static final int END = 32_000;

  private FreePort() {}

  /** A port that nothing listens at, nor at the one after it. */
  public static int at(InetAddress address) {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket(port, 1, address);
          ServerSocket next = new ServerSocket(port + 1, 1, address)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken: another
      }
    }
  }

  /** The same, on the loopback address. */
  public static int onLoopback() {
    return at(InetAddress.getLoopbackAddress());
  }
}
