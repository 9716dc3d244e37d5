package io.greenformers.engine;

import io.greenformers.engine.data.TokenizerLibrary;
import io.greenformers.engine.torch.TrainingLibrary;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills the cache that children start from: compresses a model of its own, so that what stages load
 * is loaded and unpacked once where no other model is in reach. Its JVM keeps the classes.
 */
final class Preparation {
  private static final CompressionRequest REQUEST =
      RequestDocument.parseJson(
          """
          {"model": "preparation", "ranks": {"policy": "uniform", "ratio": 0.5},
           "evaluation": {"latency": {"batchSizes": [1], "sequenceLengths": [1]}}}\
          """);

  private final Path output;
  private final Map<String, Path> artifacts = new HashMap<>();

  private Preparation(Path output) {
    this.output = output;
  }

  /**
   * Prepares.
   *
   * @param part {@code models}, or {@code training} for libtorch besides
   */
  static void run(String part) throws IOException {
    Preparation preparation = new Preparation(Files.createTempDirectory("preparation-"));
    preparation.compress();
    where("the tokenizers", TokenizerLibrary::load);
    if (part.equals("training")) {
      where("libtorch", TrainingLibrary::load);
    }
  }

  private void compress() throws IOException {
    artifacts.put(
        "original/model.onnx",
        Files.write(output.resolve("preparation.onnx"), PreparationModel.bytes()));
    for (Stage stage : List.of(Stage.INSPECT, Stage.FACTORIZE, Stage.EVALUATE)) {
      ChildMessage.Result result =
          Compression.run(
              new StageRequest(stage, REQUEST, artifacts, output), (fraction, activity) -> {});
      result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
    }
  }

  /** An image may leave libraries out that its children do not need. */
  private static void where(String what, Runnable load) {
    try {
      load.run();
    } catch (LinkageError | RuntimeException e) {
      System.err.println("not prepared: " + what + ": " + e);
    }
  }
}
