package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * Sends a file by the tus protocol 1.0, in chunks with checksums: what has come is not sent again.
 *
 * @param http towards the service
 */
record ResumableUpload(Http http) {
  /** Smaller files are sent again as a whole at little cost. */
  static final long WORTHWHILE = 16L << 20;

  private static final int CHUNK = 8 << 20;

  /** Wrong offset, no such bytes, another request at work, checksum mismatch, and what may pass. */
  private static final Set<Integer> ASK_AGAIN = Set.of(409, 423, 460, 429, 500, 502, 503, 504);

  /**
   * Sends a file.
   *
   * @return the id of the finished upload
   */
  String send(Path file) throws IOException {
    long size = Files.size(file);
    String location = create(size);
    long offset = 0;
    int failures = 0;
    while (offset < size) {
      HttpRequest request = chunk(location, file, offset);
      try {
        HttpResponse<InputStream> response = http.once(request, BodyHandlers.ofInputStream());
        if (response.statusCode() == 204) {
          offset = offset(response);
          failures = 0;
          continue;
        }
        ServiceException problem = Http.problem(response);
        if (!ASK_AGAIN.contains(problem.status()) || ++failures > http.retries().most()) {
          throw problem;
        }
      } catch (IOException e) {
        if (++failures > http.retries().most()) {
          throw Http.unreachable(request, e);
        }
      }
      http.pause(http.retries(), failures);
      offset = offset(http.stream(tus(location).method("HEAD", BodyPublishers.noBody()).build()));
    }
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private String create(long size) {
    HttpRequest request =
        tus("/v1/uploads")
            .header("Upload-Length", Long.toString(size))
            .POST(BodyPublishers.noBody())
            .build();
    return http.stream(request)
        .headers()
        .firstValue("Location")
        .orElseThrow(
            () -> new InvalidDataException("expected the Location of an upload, found none"));
  }

  private HttpRequest chunk(String location, Path file, long offset) throws IOException {
    byte[] bytes = read(file, offset);
    String digest = Base64.getEncoder().encodeToString(Digests.sha256().digest(bytes));
    return tus(location)
        .header("Content-Type", "application/offset+octet-stream")
        .header("Upload-Offset", Long.toString(offset))
        .header("Upload-Checksum", "sha256 " + digest)
        .method("PATCH", BodyPublishers.ofByteArray(bytes))
        .build();
  }

  private HttpRequest.Builder tus(String path) {
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

  private static long offset(HttpResponse<InputStream> response) {
    return response
        .headers()
        .firstValueAsLong("Upload-Offset")
        .orElseThrow(() -> new InvalidDataException("expected an Upload-Offset, found none"));
  }
}
