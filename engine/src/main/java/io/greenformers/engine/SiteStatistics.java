package io.greenformers.engine;

import io.greenformers.core.linalg.InputWeighting.Rows;
import io.greenformers.core.site.Site;
import io.greenformers.engine.calibration.InputCounts;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.protocol.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What tells how errors of the sites' weights weigh. */
sealed interface SiteStatistics {
  /** Nothing: every error alike. */
  record None() implements SiteStatistics {}

  /**
   * The inputs of the sites, when the model runs on these.
   *
   * @param batches inputs of the model by name
   * @param counted of further examples
   */
  record OfInputs(List<Map<String, Tensor>> batches, InputCounts counted)
      implements SiteStatistics {
    static OfInputs of(StageExamples.Observed examples) {
      return new OfInputs(
          examples.run().stream().map(ModelBatch::inputs).toList(), examples.counted());
    }
  }

  /**
   * The gradients of the sites' weights.
   *
   * @param rows for the first use of a site; sites that are not there have no gradients
   */
  record OfGradients(Map<Site, Rows> rows) implements SiteStatistics {}

  /** The same of equal statistics only. */
  default String hash() {
    MessageDigest digest = Sha256.start();
    switch (this) {
      case None n -> {}
      case OfInputs(var batches, var counted) -> {
        batches.forEach(batch -> add(batch, digest));
        // sorted, so that equal counts read alike
        digest.update(counted.all().toString().getBytes(StandardCharsets.UTF_8));
      }
      case OfGradients(var rows) -> rows.forEach((site, row) -> add(site, row, digest));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(Map<String, Tensor> batch, MessageDigest digest) {
    // in an order of their own: that of an immutable map is another in every process
    new TreeMap<>(batch)
        .forEach((name, tensor) -> {
          String head = "%s %s %s\n".formatted(name, tensor.type(), tensor.shape());
          digest.update(head.getBytes(StandardCharsets.UTF_8));
          digest.update(tensor.bytes().duplicate());
        });
  }

  private static void add(Site site, Rows rows, MessageDigest digest) {
    ByteBuffer bytes = ByteBuffer.allocate(rows.size() * Double.BYTES);
    for (int row = 0; row < rows.size(); row++) {
      bytes.putDouble(rows.weight(row));
    }
    digest.update(("gradients of " + site.name() + "\n").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes.flip());
  }
}
