package io.greenformers.engine.torch;

import java.net.InetAddress;
import java.time.Duration;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.IntOptional;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/** libtorch's stores, where processes tell each other where they listen. */
final class MeetingStore {
  /** Others may still be reading the data; libtorch waits as long for every sum. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private MeetingStore() {}

  /** The store of a meeting, which the first process opens to the others. */
  static Store open(Seat seat, ComputeDevice device) {
    return switch (seat.meeting()) {
      case Meeting.InFile in -> {
        Store store = new FileStore(in.file().toString(), seat.size());
        store.setTimeout(patience());
        yield store;
      }
      case Meeting.AtPort at when seat.rank() == 0 -> {
        Store store = host(at);
        new Terms(seat.processes(), device).sayAt(store);
        yield store;
      }
      case Meeting.AtPort at -> visit(at);
    };
  }

  /** By itself it would listen at every address that the machine has. */
  private static Store host(Meeting.AtPort at) {
    try (TCPStoreOptions options = options(at);
        IntOptional socket = new IntOptional(ListeningSocket.open(at.first(), at.port()))) {
      return new TCPStore(name(at.first()), options.isServer(true).masterListenFd(socket));
    }
  }

  /** Waits for the first process to open it. */
  static Store visit(Meeting.AtPort at) {
    try (TCPStoreOptions options = options(at)) {
      return new TCPStore(name(at.first()), options);
    }
  }

  private static TCPStoreOptions options(Meeting.AtPort at) {
    return new TCPStoreOptions().port((short) at.port()).waitWorkers(false).timeout(patience());
  }

  private static Milliseconds patience() {
    return new Milliseconds(PATIENCE.toMillis());
  }

  private static String name(InetAddress address) {
    return String.valueOf(address.getHostAddress());
  }
}
