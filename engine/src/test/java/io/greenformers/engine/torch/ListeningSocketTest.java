package io.greenformers.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.testing.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no 127.0.0.2 by themselves")
final class ListeningSocketTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void listensAtItsAddressAndAtNoOther() throws IOException {
    int port = FreePort.at(ADDRESS);
    ListeningSocket.open(ADDRESS, port);
    try (Socket socket = new Socket(ADDRESS, port)) {
      assertThat(socket.isConnected()).isTrue();
    }
    assertThatThrownBy(() -> new Socket(OTHER, port)).isInstanceOf(ConnectException.class);
  }

  @Test
  void saysWhichAddressItCannotListenAt() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, ADDRESS)) {
      assertThatThrownBy(() -> ListeningSocket.open(ADDRESS, taken.getLocalPort()))
          .isInstanceOf(UnusableAddressException.class)
          .hasMessageContaining("127.0.0.2, port " + taken.getLocalPort());
    }
    assertThatThrownBy(() -> ListeningSocket.open(InetAddress.ofLiteral("192.0.2.1"), 29_500))
        .isInstanceOf(UnusableAddressException.class);
  }
}
