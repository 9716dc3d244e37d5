package io.greenformers.engine.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A socket that listens at one address, as a file descriptor for native code: libtorch's own
 * listens at all of them. See socket(2), bind(2) and ip(7), of Linux.
 */
@SuppressWarnings("restricted")
final class ListeningSocket {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int BACKLOG = 128;

  /** Of {@code sockaddr_in6}, the larger one. */
  private static final int ADDRESS_BYTES = 28;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfShort NETWORK_SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  private static final Linker LINKER = Linker.nativeLinker();

  private ListeningSocket() {}

  /**
   * Opens one; whoever is given the descriptor closes it.
   *
   * @throws UnusableAddressException if there can be none
   */
  static int open(InetAddress address, int port) {
    boolean four = address instanceof Inet4Address;
    try (Arena arena = Arena.ofConfined()) {
      int socket = call("socket", four ? AF_INET : AF_INET6, STREAM_CLOEXEC, 0);
      // a port that a training has just left can be taken again
      MemorySegment yes = arena.allocateFrom(INT, 1);
      call("setsockopt", socket, SOL_SOCKET, SO_REUSEADDR, yes, (int) INT.byteSize());
      MemorySegment name = arena.allocate(ADDRESS_BYTES, 4);
      name.set(ValueLayout.JAVA_SHORT, 0, (short) (four ? AF_INET : AF_INET6));
      name.set(NETWORK_SHORT, 2, (short) port);
      byte[] bytes = address.getAddress();
      MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, four ? 4 : 8, bytes.length);
      if (socket < 0
          || call("bind", socket, name, four ? 16 : ADDRESS_BYTES) != 0
          || call("listen", socket, BACKLOG) != 0) {
        throw new UnusableAddressException(address, port);
      }
      return socket;
    }
  }

  private static int call(String function, Object... arguments) {
    FunctionDescriptor type =
        FunctionDescriptor.of(
            INT,
            Arrays.stream(arguments)
                .map(a -> a instanceof Integer ? INT : ValueLayout.ADDRESS)
                .toArray(MemoryLayout[]::new));
    try {
      return (int)
          LINKER
              .downcallHandle(LINKER.defaultLookup().findOrThrow(function), type)
              .invokeWithArguments(arguments);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
