package io.greenformers.service.access;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The service was to listen beyond this machine, with nobody having to log in. */
final class OpenBindingException extends RuntimeException {
  OpenBindingException(String setting, @Nullable InetAddress address) {
    super(
        setting
            + ": expected a loopback address such as 127.0.0.1 while nobody logs in, found "
            + (address == null ? "all addresses" : address.getHostAddress())
            + "; set greenformers.access.login=true and make a key with 'greenformers keys create'");
  }
}
