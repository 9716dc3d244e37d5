package io.greenformers.engine.torch;

import java.net.InetAddress;
import java.nio.file.Path;

/** Where processes find each other. Good for one group. */
public sealed interface Meeting {
  /**
   * For processes of one machine.
   *
   * @param file made by the first who comes, in a directory that only this user can write to
   */
  record InFile(Path file) implements Meeting {}

  /**
   * For processes of several machines, in a network that is trusted: whoever reaches the port may
   * take part.
   *
   * @param first the address that the first process listens at
   * @param port of the first process
   * @param own an address of this machine, which its processes are reached at
   */
  record AtPort(InetAddress first, int port, InetAddress own) implements Meeting {}
}
