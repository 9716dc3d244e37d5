package com.example.compressor;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Report;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Compresses a model to 0.6 of its size, and downloads it with its report: MODEL OUT. */
@Component
class Compressor implements ApplicationRunner {
  private final GreenformersClient greenformers;

  Compressor(GreenformersClient greenformers) {
    this.greenformers = greenformers;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    List<String> paths = arguments.getNonOptionArgs();
    if (paths.size() != 2) {
      throw new IllegalArgumentException("expected MODEL and OUT, found " + paths);
    }
    compress(Path.of(paths.get(0)), Path.of(paths.get(1)));
  }

  private void compress(Path model, Path out) {
    String id = greenformers.uploadModel(model).id();
    Compression created =
        greenformers.compress(CompressionRequest.of(id).sizeRatio(0.6).build());
    Compression done =
        greenformers.follow(
            created.id(), now -> System.out.println(now.activity().orElse("waiting")));
    if (!done.state().hasModel()) {
      throw new IllegalStateException(
          "%s: %s".formatted(done.state(), done.message().orElse("no more is known")));
    }
    greenformers.downloadAll(done, out);
    Report report = greenformers.report(done.id());
    System.out.printf("%s: %.3f of the size, in %s%n", done.state(), report.size().ratio(), out);
  }
}
