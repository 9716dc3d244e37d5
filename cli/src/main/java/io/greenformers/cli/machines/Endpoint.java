package io.greenformers.cli.machines;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where the first machine of a training listens: there to the others' command lines, and at the
 * next port to their trainings.
 *
 * @param address a literal: what a name resolves to may be another interface
 */
public record Endpoint(InetAddress address, int port) {
  private static final Pattern FORM = Pattern.compile("\\[?([0-9A-Fa-f.:%\\w]+?)]?:(\\d{1,5})");
  private static final int HIGHEST_PORT = 65_534;

  /** In the place of one that is still to be read. */
  public static final Endpoint NONE = new Endpoint(InetAddress.getLoopbackAddress(), 1);

  /** The port at which processes of the training meet. */
  public int meetingPort() {
    return port + 1;
  }

  public String host() {
    return String.valueOf(address.getHostAddress());
  }

  InetSocketAddress socket() {
    return new InetSocketAddress(address, port);
  }

  URI uri(String path) {
    return URI.create("http://" + this + path);
  }

  @Override
  public String toString() {
    return (address instanceof Inet6Address ? "[" + host() + "]" : host()) + ":" + port;
  }

  /** Reads {@code 10.0.0.1:29500} or {@code [fd00::1]:29500}. */
  public static final class Converter implements ITypeConverter<Endpoint> {
    @Override
    public Endpoint convert(String value) {
      Matcher matcher = FORM.matcher(value);
      try {
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
        if (port >= 1 && port <= HIGHEST_PORT) {
          return new Endpoint(InetAddress.ofLiteral(matcher.group(1)), port);
        }
      } catch (IllegalArgumentException e) {
        // no literal: the same to whoever gave it
      }
      throw new TypeConversionException(
          "expected an address and a port below 65535, as 10.0.0.1:29500, found '" + value + "'");
    }
  }
}
