package io.greenformers.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.Sha256;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FinishedTest {
  @TempDir Path directory;

  private Path model = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void finish() throws IOException {
    model = Files.writeString(directory.resolve("model.onnx"), "bytes");
    out = Files.createDirectories(directory.resolve("out"));
    Files.writeString(out.resolve("model.onnx"), "smaller");
    Files.writeString(out.resolve("report.json"), "{\"gate\": {\"passed\": true}}");
    Files.writeString(
        out.resolve("manifest.json"),
        """
        {"request": %s, "sha256": {"original/model.onnx": "%s"},
         "provenance": {"greenformers": "%s"}}
        """
            .formatted(RequestDocument.toJson(request(0.5)), Sha256.of(model), Version.text()));
  }

  @Test
  void isOfTheSameRequestAndBytes() throws IOException {
    assertThat(new Finished(out).isOf(request(0.5))).isTrue();
    assertThat(new Finished(out).passed()).isTrue();
  }

  @Test
  void isNotOfAnotherBudgetOrModelOrVersionOrOfNothing() throws IOException {
    assertThat(new Finished(out).isOf(request(0.6))).isFalse();
    assertThat(new Finished(directory).isOf(request(0.5))).isFalse();
    Files.writeString(model, "other bytes");
    assertThat(new Finished(out).isOf(request(0.5))).isFalse();
  }

  @Test
  void isNotOfAnotherVersion() throws IOException {
    Path manifest = out.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace(Version.text(), "0.0.1"));
    assertThat(new Finished(out).isOf(request(0.5))).isFalse();
  }

  private CompressionRequest request(double sizeRatio) {
    return RequestDocument.parseJson(
        "{\"model\": \"%s\", \"budget\": {\"sizeRatio\": %s}}".formatted(model, sizeRatio));
  }
}
