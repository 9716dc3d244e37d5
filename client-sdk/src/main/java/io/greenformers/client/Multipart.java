package io.greenformers.client;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Files as {@code multipart/form-data} (RFC 7578), streamed from disk, each with its digest. */
record Multipart(String boundary, BodyPublisher body) {

  /**
   * Makes a body.
   *
   * @param files by the name that each is sent with
   * @throws FileNotFoundException if one of them is not there any more
   */
  static Multipart of(Map<String, FileDigest> files) throws FileNotFoundException {
    String boundary = "greenformers-" + UUID.randomUUID();
    List<BodyPublisher> parts = new ArrayList<>();
    for (Map.Entry<String, FileDigest> file : files.entrySet()) {
      String head =
          "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\nContent-Digest: %s\r\n\r\n"
              .formatted(boundary, quoted(file.getKey()), file.getValue().header());
      parts.add(text(head));
      parts.add(BodyPublishers.ofFile(file.getValue().file()));
      parts.add(text("\r\n"));
    }
    parts.add(text("--" + boundary + "--\r\n"));
    return new Multipart(boundary, BodyPublishers.concat(parts.toArray(new BodyPublisher[0])));
  }

  private static String quoted(String name) {
    return name.replace("\\", "\\\\")
        .replace("\"", "%22")
        .replace("\r", "%0D")
        .replace("\n", "%0A");
  }

  private static BodyPublisher text(String text) {
    return BodyPublishers.ofString(text, StandardCharsets.UTF_8);
  }
}
