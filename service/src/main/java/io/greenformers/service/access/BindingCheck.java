package io.greenformers.service.access;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Refuses to start a service that anyone on the network could use. */
@Component
final class BindingCheck {

  BindingCheck(
      AccessSettings access, ServerProperties server, ManagementServerProperties management) {
    if (!access.login()) {
      requireLoopback("server.address", server.getAddress());
      if (management.getPort() != null) {
        requireLoopback("management.server.address", management.getAddress());
      }
    }
  }

  private static void requireLoopback(String setting, @Nullable InetAddress address) {
    if (address == null || !address.isLoopbackAddress()) {
      throw new OpenBindingException(setting, address);
    }
  }
}
