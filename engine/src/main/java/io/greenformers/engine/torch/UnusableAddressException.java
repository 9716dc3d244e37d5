package io.greenformers.engine.torch;

import io.greenformers.engine.EngineException;
import java.net.InetAddress;

/** Nothing can listen at an address. */
public final class UnusableAddressException extends EngineException {
  private static final long serialVersionUID = 1;

  UnusableAddressException(InetAddress address, int port) {
    super(
        "%s, port %d: expected an address of this machine and a port that is free, and Linux; take another port"
            .formatted(address.getHostAddress(), port));
  }
}
