package io.greenformers.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The S3 server of the service's tests, in a process of its own. */
final class RunningS3 implements AutoCloseable {
  private static final Path JAR = Path.of("../service/target/s3mock/s3mock.jar");
  private static final long MOST_START_SECONDS = 90;

  private final Process process;
  private final int port;

  private RunningS3(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it with an empty bucket; answers once it listens. */
  static RunningS3 start(Path directory) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.createDirectories(directory);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--server.port=0",
                "--http.port=" + port,
                "--com.adobe.testing.s3mock.store.initial-buckets=" + Surroundings.BUCKET,
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

  /** The settings with which a service uses it. */
  String[] settings() {
    return new String[] {
      "--greenformers.store.s3.bucket=" + Surroundings.BUCKET,
      "--greenformers.store.s3.endpoint=http://127.0.0.1:" + port
    };
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
