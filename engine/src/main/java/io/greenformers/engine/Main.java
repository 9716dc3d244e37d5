package io.greenformers.engine;

import io.greenformers.core.onnx.InvalidModelException;
import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.op.UnsupportedOperatorException;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.runtime.RunLimitException;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.protocol.child.ChildCodec;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The child process: one stage, asked for on standard input, answered on standard output.
 *
 * <p>Ends when the stage is done, when it is asked to stop, and when standard input ends, that is
 * with its parent. Exit status: 0 result, 1 failed, 4 refused, 6 cancelled.
 */
public final class Main {
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  private final PrintStream out;
  private final ProgressPace pace = new ProgressPace(System::nanoTime);
  private volatile boolean cancelled;

  private Main(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    PrintStream protocol =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Main main = new Main(protocol);
    if (args.length > 0) {
      main.prepare(in, args);
      return;
    }
    String line = in.readLine();
    if (line == null) {
      System.err.println("expected a stage request on standard input; use ./greenformers");
      System.exit(2);
    }
    Thread.ofPlatform().daemon().name("parent").start(() -> main.listen(in));
    Thread.ofPlatform().daemon().name("heartbeat").start(main::beat);
    int status = main.answer(line);
    System.err.flush();
    // no shutdown hooks: ONNX Runtime's frees what its threads may still use, and crashes
    Runtime.getRuntime().halt(status);
  }

  /** {@code prepare PART}: see {@link Preparation}. Ends with its parent too. */
  private void prepare(BufferedReader in, String[] args) throws IOException {
    if (args.length != 2 || !args[0].equals("prepare")) {
      System.err.println("expected 'prepare' and a part, or no arguments; use ./greenformers");
      System.exit(2);
    }
    Thread.ofPlatform().daemon().name("parent").start(() -> listen(in));
    Preparation.run(args[1]);
    System.err.flush();
    Runtime.getRuntime().halt(0);
  }

  private int answer(String line) {
    ChildMessage message = run(line);
    send(message);
    return switch (message) {
      case ChildMessage.Result r -> 0;
      case ChildMessage.Refused r -> 4;
      case ChildMessage.Cancelled c -> 6;
      case ChildMessage.Failed f -> 1;
      case ChildMessage.Heartbeat h -> 1;
      case ChildMessage.Progress p -> 1;
    };
  }

  private ChildMessage run(String line) {
    try {
      StageRequest request = ChildCodec.request(line);
      return Compression.run(request, this::progress);
    } catch (StageCancelledException e) {
      return new ChildMessage.Cancelled();
    } catch (InvalidModelException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (UnrunnableModelException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (InvalidDatasetException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (RunLimitException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (RewriteProofException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (UntrainableException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (UnsupportedOperatorException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (NoLinformerException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (UnavailableSolverException e) {
      return new ChildMessage.Refused(e.code(), String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      return new ChildMessage.Refused(
          "model-too-deep", "the model is nested too deeply to be read");
    } catch (OutOfMemoryError e) {
      return new ChildMessage.Failed("out-of-memory", String.valueOf(e.getMessage()));
    } catch (LinkageError | RuntimeException e) {
      e.printStackTrace(System.err);
      return new ChildMessage.Failed(isDiskFull(e) ? "disk-full" : "internal", e.toString());
    }
  }

  /** An I/O error is seldom the outermost one: readers and writers wrap it. */
  static boolean isDiskFull(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable e = error; e != null && seen.add(e); e = e.getCause()) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("No space left on device")
          || message.contains("Disk quota exceeded")
          || message.contains("There is not enough space on the disk")) {
        return true;
      }
    }
    return false;
  }

  /** At most ten a second, and always the first and the last: a site may take a millisecond. */
  private void progress(double fraction, String activity) {
    if (cancelled) {
      throw new StageCancelledException();
    }
    if (pace.lets(fraction)) {
      send(new ChildMessage.Progress(fraction, activity));
    }
  }

  private synchronized void send(ChildMessage message) {
    out.println(ChildCodec.line(message));
    out.flush();
  }

  /** Without a parent nobody wants the result. */
  private void listen(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        cancelled |= line.equals(ChildCodec.CANCEL);
      }
    } catch (IOException e) {
      System.err.println("the parent is gone: " + e.getMessage());
    }
    Runtime.getRuntime().halt(6);
  }

  private void beat() {
    try {
      while (true) {
        Thread.sleep(HEARTBEAT);
        send(new ChildMessage.Heartbeat());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
