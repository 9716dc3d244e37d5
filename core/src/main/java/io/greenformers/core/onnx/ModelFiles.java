package io.greenformers.core.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The files that a model was given as.
 *
 * @param model the protobuf file
 * @param external the files that may hold external data, by the location that the model uses for
 *     them. A location is only ever looked up here; it is never resolved as a path.
 */
public record ModelFiles(Path model, Map<String, Path> external) {
  public ModelFiles {
    external = Map.copyOf(external);
  }

  public static ModelFiles of(Path model) {
    return new ModelFiles(model, Map.of());
  }

  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
