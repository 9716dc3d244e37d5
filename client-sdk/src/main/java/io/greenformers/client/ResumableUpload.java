package io.greenformers.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * Sends one file by the tus protocol 1.0, in chunks with checksums: what has come is not sent
 * again. The service finds an upload by the digest of the whole file, so that nothing need be
 * remembered here for another process, or another machine, to go on with it. Not thread-safe.
 */
final class ResumableUpload {
  /** Smaller files are sent again as a whole at little cost. */
  static final long WORTHWHILE = 16L << 20;

  private static final int CHUNK = 8 << 20;

  /** A chunk at 64 KiB/s: a line that is slower than that does for smaller files only. */
  private static final Duration SLOWEST_CHUNK = Duration.ofSeconds(128);

  private static final int BUSY = 423;

  /** Wrong offset, another sender, checksum mismatch: asking where to go on helps. */
  private static final Set<Integer> ASK_AGAIN = Set.of(409, BUSY, 460);

  private final Http http;
  private final FileDigest content;
  private final String location;

  private long offset;
  private boolean isOffsetKnown;
  private int failures;
  private long progress = System.nanoTime();

  private ResumableUpload(Http http, FileDigest content, String location) {
    this.http = http;
    this.content = content;
    this.location = location;
  }

  /**
   * Sends a file.
   *
   * @return the id of the upload, which is complete
   */
  static String send(Http http, FileDigest content) throws IOException {
    HttpRequest request =
        tus(http, "/v1/uploads")
            .header("Upload-Length", Long.toString(content.bytes()))
            .header("Upload-Metadata", "sha256 " + base64(ascii(content.hex())))
            .POST(BodyPublishers.noBody())
            .build();
    String location;
    try (Answer answer = http.stream(request)) {
      location =
          answer
              .header("Location")
              .orElseThrow(
                  () -> new InvalidDataException("expected the Location of an upload, found none"));
    }
    new ResumableUpload(http, content, location).sendRest();
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private void sendRest() throws IOException {
    tell();
    while (offset < content.bytes()) {
      step();
    }
  }

  /** Sends a chunk; or, at first and after something went wrong, asks how much has come. */
  private void step() throws IOException {
    HttpRequest request = isOffsetKnown ? chunk() : question();
    Optional<Duration> asked = Optional.empty();
    try (Answer answer = http.once(request)) {
      if (answer.status() < 300) {
        moveTo(offset(answer));
        return;
      }
      ServiceException problem = http.problem(answer);
      if (!mayPass(problem)) {
        throw problem;
      }
      asked = problem.retryAfter();
    } catch (IOException e) {
      if (!http.retries().goOn(failures + 1, Optional.empty())) {
        throw Http.unreachable(request, e);
      }
    }
    failures++;
    isOffsetKnown = false;
    http.pause(request, failures, asked);
  }

  private void moveTo(long now) {
    boolean hasGrown = now > offset;
    offset = now;
    isOffsetKnown = true;
    if (hasGrown) {
      failures = 0;
      progress = System.nanoTime();
      tell();
    }
  }

  /** Another sender of the same file is waited for as long as its chunk may take. */
  private boolean mayPass(ServiceException problem) {
    if (problem.status() == BUSY && System.nanoTime() - progress < SLOWEST_CHUNK.toNanos()) {
      return true;
    }
    return (problem.isRetryable() || ASK_AGAIN.contains(problem.status()))
        && http.retries().goOn(failures + 1, problem.retryAfter());
  }

  private HttpRequest question() {
    return tus(http, location).method("HEAD", BodyPublishers.noBody()).build();
  }

  private HttpRequest chunk() throws IOException {
    byte[] bytes = read(content.file(), offset);
    return tus(http, location)
        .timeout(http.settings().timeout().plus(SLOWEST_CHUNK))
        .header("Content-Type", "application/offset+octet-stream")
        .header("Upload-Offset", Long.toString(offset))
        .header("Upload-Checksum", "sha256 " + base64(FileDigest.sha256().digest(bytes)))
        .method("PATCH", BodyPublishers.ofByteArray(bytes))
        .build();
  }

  private static HttpRequest.Builder tus(Http http, String path) {
    return http.to(path).header("Tus-Resumable", "1.0.0");
  }

  private static byte[] read(Path file, long offset) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    try (FileChannel channel = FileChannel.open(file)) {
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
        // until the chunk is full or the file ends
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static long offset(Answer answer) {
    return answer
        .header("Upload-Offset")
        .filter(offset -> offset.matches("[0-9]{1,18}"))
        .map(Long::valueOf)
        .orElseThrow(() -> new InvalidDataException("expected an Upload-Offset, found none"));
  }

  private void tell() {
    http.settings()
        .transfers()
        .moved(new Transfer(Transfer.Direction.UPLOAD, content.file(), offset, content.bytes()));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
