package io.greenformers.protocol.child;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A real child process that does what the seed of its request says. */
final class Misbehaving {
  static final List<String> WAYS =
      List.of(
          "finish",
          "crash",
          "segfault",
          "hang",
          "flood-line",
          "flood-log",
          "two-results",
          "missing-artifact",
          "escaping-artifact",
          "heap",
          "slow",
          "refuse",
          "symlink-artifact",
          "half-message",
          "obey",
          "finish-when-cancelled",
          "descendant",
          "environment");

  private Misbehaving() {}

  public static void main(String[] args) throws Exception {
    Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
    StageRequest request = ChildCodec.request(in.nextLine());
    String way = WAYS.get((int) request.request().seed());
    switch (way) {
      case "finish" -> {
        say(new ChildMessage.Progress(0.5, "half"));
        Files.writeString(request.output().resolve("report.json"), "{}");
        say(new ChildMessage.Result(true, "", List.of("report.json")));
      }
      case "crash" -> Runtime.getRuntime().halt(139);
      case "segfault" ->
          new ProcessBuilder("kill", "-SEGV", Long.toString(ProcessHandle.current().pid()))
              .start()
              .waitFor();
      case "hang" -> new CountDownLatch(1).await();
      case "flood-line" -> {
        while (!System.out.checkError()) {
          System.out.print("x".repeat(10_000));
        }
      }
      case "flood-log" -> {
        for (int i = 0; i < 50_000; i++) {
          System.out.println("not a message " + i);
        }
        // the two streams are read independently: the last words come when the first is long read
        for (int i = 0; i < 50_000; i++) {
          System.err.println("x".repeat(100));
        }
        System.err.println("the last words");
        say(new ChildMessage.Result(true, "", List.of()));
      }
      case "two-results" -> {
        say(new ChildMessage.Result(true, "", List.of()));
        say(new ChildMessage.Result(false, "", List.of()));
      }
      case "missing-artifact" -> say(new ChildMessage.Result(true, "", List.of("nowhere")));
      case "escaping-artifact" -> {
        Files.writeString(request.output().resolveSibling("outside"), "");
        say(new ChildMessage.Result(true, "", List.of("../outside")));
      }
      case "heap" -> {
        byte[][] kept = new byte[1000][];
        for (int i = 0; i < kept.length; i++) {
          kept[i] = new byte[1 << 20];
        }
      }
      case "slow" -> {
        while (true) {
          say(new ChildMessage.Heartbeat());
          new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
      }
      case "refuse" -> say(new ChildMessage.Refused("model-cycle", "nodes feed each other"));
      case "symlink-artifact" -> {
        Path outside = Files.writeString(request.output().resolveSibling("outside"), "");
        Files.createSymbolicLink(request.output().resolve("report.json"), outside);
        say(new ChildMessage.Result(true, "", List.of("report.json")));
      }
      case "half-message" -> {
        System.out.println("{\"type\":\"refused\",\"code\":null,\"message\":\"m\"}");
        System.out.println("{\"type\":\"result\",\"gatePassed\":true}");
        System.out.println("{\"type\":\"progress\",\"fraction\":7,\"activity\":\"a\"}");
      }
      case "obey" -> {
        say(new ChildMessage.Progress(0.1, "waiting"));
        awaitCancel(in);
        say(new ChildMessage.Cancelled());
      }
      case "finish-when-cancelled" -> {
        say(new ChildMessage.Progress(0.1, "waiting"));
        awaitCancel(in);
        say(new ChildMessage.Result(true, "", List.of()));
      }
      case "descendant" -> {
        Process process = new ProcessBuilder("sleep", "1000").start();
        say(new ChildMessage.Progress(0.1, Long.toString(process.pid())));
        new CountDownLatch(1).await();
      }
      case "environment" -> {
        System.getenv().forEach((name, value) -> System.err.println(name + "=" + value));
        say(new ChildMessage.Result(true, "", List.of()));
      }
      default -> throw new IllegalArgumentException(way);
    }
  }

  private static void awaitCancel(Scanner in) {
    if (!in.nextLine().equals(ChildCodec.CANCEL)) {
      throw new IllegalStateException("expected to be cancelled");
    }
  }

  private static void say(ChildMessage message) {
    System.out.println(ChildCodec.line(message));
  }
}
