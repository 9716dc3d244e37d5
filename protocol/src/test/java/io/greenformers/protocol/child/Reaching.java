package io.greenformers.protocol.child;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Scanner;
import java.util.stream.Stream;

/**
 * A real child that reaches for what is not its own, and reports what it got. Asked to prepare a
 * cache, it puts a library there.
 */
final class Reaching {
  private static final long A_TERABYTE = 1L << 40;

  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  private final StageRequest request;
  private final Path artifact;

  private Reaching(StageRequest request) {
    this.request = request;
    this.artifact = Objects.requireNonNull(request.artifacts().get("original/model.onnx"));
  }

  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      Files.writeString(library(), "prepared, " + args[1]);
      return;
    }
    Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
    new Reaching(ChildCodec.request(in.nextLine())).reach();
    System.out.println(ChildCodec.line(new ChildMessage.Result(true, "", List.of("own"))));
  }

  private void reach() {
    Path neighbour = artifact.resolveSibling("neighbour");
    Path own = request.output().resolve("own");
    tell("read an artifact", () -> Files.readAllBytes(artifact));
    tell("write to the output", () -> Files.writeString(own, "mine"));
    tell(
        "write to the kept work",
        () -> Files.writeString(request.work().orElseThrow().resolve("w"), ""));
    tell("write to its directory", () -> Files.createTempFile("", ""));
    tell("read a shared library", () -> Files.readAllBytes(library()));
    tell("write a shared library", () -> Files.writeString(library(), "planted"));
    tell("delete a shared library", () -> Files.delete(library()));
    tell("add a shared library", () -> Files.writeString(library("another"), "planted"));
    tell("put one in its place", () -> Files.move(Files.createTempFile("", ""), library()));
    tell("start a process", () -> new ProcessBuilder("true").start().waitFor());
    tell("write an artifact", () -> Files.writeString(artifact, "theirs"));
    tell("delete an artifact", () -> Files.delete(artifact));
    tell("read a neighbour", () -> Files.readAllBytes(neighbour));
    tell("list the neighbours", this::listNeighbours);
    tell("link a neighbour", () -> Files.createLink(request.output().resolve("link"), neighbour));
    tell(
        "follow a link to a neighbour",
        () -> {
          Path link = Files.createSymbolicLink(request.output().resolve("symbolic"), neighbour);
          Files.readAllBytes(link);
        });
    tell("write beside the output", () -> Files.writeString(own.resolve("../../outside"), ""));
    tell("read the parent's environment", () -> Files.readAllBytes(ofParent("environ")));
    tell("read the parent's memory", () -> Files.newByteChannel(ofParent("mem")).close());
    tell("signal the parent", () -> run("kill", "-0", Long.toString(parent().pid())));
    tell("listen", () -> new ServerSocket(0).close());
    tell("connect", () -> new Socket(InetAddress.getLoopbackAddress(), 9).close());
    tell("write a terabyte", this::writeATerabyte);
  }

  private static Path library() {
    return library("library");
  }

  private static Path library(String name) {
    return Path.of(System.getProperty("greenformers.engine.natives"), name);
  }

  private void listNeighbours() throws IOException {
    try (Stream<Path> files = Files.list(Objects.requireNonNull(artifact.getParent()))) {
      files.forEach(file -> {});
    }
  }

  private void writeATerabyte() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(request.output().resolve("t").toFile(), "rw")) {
      file.setLength(A_TERABYTE);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    if (new ProcessBuilder(command).start().waitFor() != 0) {
      throw new IOException("refused");
    }
  }

  private static Path ofParent(String file) {
    return Path.of("/proc", Long.toString(parent().pid()), file);
  }

  private static ProcessHandle parent() {
    return ProcessHandle.current().parent().orElseThrow();
  }

  private static void tell(String what, Attempt attempt) {
    String activity;
    try {
      attempt.run();
      activity = "could " + what;
    } catch (IOException e) {
      activity = "could not " + what;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      activity = "was interrupted";
    }
    System.out.println(ChildCodec.line(new ChildMessage.Progress(0, activity)));
  }
}
