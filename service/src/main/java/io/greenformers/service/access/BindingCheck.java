package io.greenformers.service.access;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Refuses to start a service that anyone on the network could use. */
@Component
final class BindingCheck {

  BindingCheck(AccessSettings access, ServerProperties server) {
    if (!access.login() && !isLoopback(server.getAddress())) {
      throw new OpenBindingException(server.getAddress());
    }
  }

  private static boolean isLoopback(@Nullable InetAddress address) {
    return address != null && address.isLoopbackAddress();
  }
}
