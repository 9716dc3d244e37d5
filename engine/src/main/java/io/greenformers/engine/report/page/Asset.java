package io.greenformers.engine.report.page;

import io.greenformers.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/** A file that becomes part of the page. */
record Asset(String text) {
  /** Reads one that lies beside this class. */
  static Asset read(String name) {
    try (InputStream in =
        Objects.requireNonNull(Asset.class.getResourceAsStream(name), () -> name + " is missing")) {
      return new Asset(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As a content security policy names it. */
  String hash() {
    byte[] digest = Sha256.start().digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }
}
