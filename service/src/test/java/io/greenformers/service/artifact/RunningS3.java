package io.greenformers.service.artifact;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** An S3 server in a process of its own, whose jar the build puts into {@code target}. */
final class RunningS3 implements AutoCloseable {
  static final String BUCKET = "artifacts";
  static final AwsCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"));

  private static final Path JAR = Path.of("target/s3mock/s3mock.jar");
  private static final long MOST_START_MILLIS = 90_000;

  private final Process process;
  private final int port;

  private RunningS3(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static RunningS3 start(Path directory) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        JAR.toFile().exists(), "skipped: the build did not put s3mock into target; run Maven");
    int port = freePort();
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitPort() throws InterruptedException {
    long end = System.currentTimeMillis() + MOST_START_MILLIS;
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.currentTimeMillis() > end) {
          throw new IllegalStateException("the S3 server did not start", e);
        }
        Thread.sleep(100);
      }
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
