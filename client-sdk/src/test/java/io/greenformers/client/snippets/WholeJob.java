package io.greenformers.client.snippets;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Model;
import java.nio.file.Path;

final class WholeJob {
  private WholeJob() {}

  static void run(String url, Path onnx, Path out) {
    // @start region="job"
    try (var client = GreenformersClient.builder().baseUrl(url).build()) {
      Model model = client.uploadModel(onnx);
      Compression created =
          client.compress(CompressionRequest.of(model.id()).sizeRatio(0.6).build());
      Compression done =
          client.follow(created.id(), now -> System.out.println(now.activity().orElse("")));
      if (done.state().hasModel()) {
        client.downloadAll(done, out);
        System.out.println(client.report(done.id()).size().ratio());
      }
    }
    // @end
  }
}
