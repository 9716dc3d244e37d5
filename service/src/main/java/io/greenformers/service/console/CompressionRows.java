package io.greenformers.service.console;

import io.greenformers.service.compression.Compression;
import io.greenformers.service.model.ModelRepository;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Describes compressions in a line each. Thread-safe. */
@Component
final class CompressionRows {
  private final ModelRepository models;
  private final Reports reports;

  CompressionRows(ModelRepository models, Reports reports) {
    this.models = models;
    this.reports = reports;
  }

  CompressionRow of(Compression compression) {
    return new CompressionRow(
        compression.id(),
        models.get(compression.tenant(), compression.modelId()).name(),
        Goal.of(compression.request()),
        compression.state(),
        compression.progress().fraction(),
        compression.times().created());
  }

  Optional<Outcome> outcome(Compression compression) {
    return reports.outcome(compression);
  }
}
