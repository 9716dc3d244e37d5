package io.greenformers.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An S3 server in a process of its own, whose jar the build puts beside the service's. */
public final class RunningS3 implements AutoCloseable {
  /** The bucket that it begins with, empty. */
  public static final String BUCKET = "artifacts";

  private static final Path JAR = Path.of("../service/target/s3mock/s3mock.jar");
  private static final long MOST_START_SECONDS = 90;

  private final Process process;
  private final int port;

  private RunningS3(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it; answers once it listens.
   *
   * @param directory where it keeps objects; its log goes beside it
   */
  public static RunningS3 start(Path directory) throws IOException, InterruptedException {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(
          "expected the S3 server at %s, found nothing there; run Maven".formatted(JAR));
    }
    int port = FreePort.onLoopback();
    Files.createDirectories(directory);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--server.port=0",
                "--http.port=" + port,
                "--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET,
                "--com.adobe.testing.s3mock.store.root=" + directory)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolveSibling("s3.log").toFile())
            .start();
    RunningS3 server = new RunningS3(process, port);
    server.awaitPort();
    return server;
  }

  private void awaitPort() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_START_SECONDS);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException("the S3 server did not start", e);
        }
        Thread.sleep(100);
      }
    }
  }

  /** Where it answers, without TLS, whatever the credentials. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
