package io.greenformers.cli.files;

import io.greenformers.protocol.request.CompressionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/** A directory that may hold the result of an earlier compression. */
public record Finished(Path out) {
  private static final String MANIFEST = "manifest.json";
  private static final String REPORT = "report.json";

  /**
   * Whether it is the result of this request: of the same fields, the same bytes of the model, of
   * the files beside it, and of the data, by the same version.
   */
  public boolean isOf(CompressionRequest request) throws IOException {
    if (!Files.isRegularFile(out.resolve(MANIFEST))
        || !Files.isRegularFile(out.resolve(REPORT))
        || !Files.isRegularFile(out.resolve("model.onnx"))) {
      return false;
    }
    Manifest manifest = Manifest.read(out.resolve(MANIFEST));
    return manifest.request().equals(request)
        && manifest.version().equals(Version.text())
        && manifest.differences(Path.of(request.model()), request).isEmpty();
  }

  /** Whether its report says that every bound held. */
  public boolean passed() throws IOException {
    return new JsonMapper()
        .readTree(Files.readString(out.resolve(REPORT)))
        .at("/gate/passed")
        .asBoolean();
  }
}
