package io.greenformers.service.compression;

import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.compression.Compression.Ending;
import io.greenformers.service.model.ModelRepository;
import io.greenformers.service.stage.EngineStages;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** What callers may do to compressions. */
@Component
class Compressions {
  private final CompressionRepository repository;
  private final StageInputs inputs;
  private final ModelRepository models;
  private final Attempts attempts;
  private final StageQueue queue;
  private final EngineStages stages;
  private final CompressionChanges changes;
  private final TransactionOperations transactions;
  private final Clock clock;

  Compressions(
      CompressionRepository repository,
      StageInputs inputs,
      ModelRepository models,
      Attempts attempts,
      StageQueue queue,
      EngineStages stages,
      CompressionChanges changes,
      TransactionOperations transactions,
      Clock clock) {
    this.repository = repository;
    this.inputs = inputs;
    this.models = models;
    this.attempts = attempts;
    this.queue = queue;
    this.stages = stages;
    this.changes = changes;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Creates a compression, or finds the one that was created with the same key.
   *
   * @throws io.greenformers.protocol.request.InvalidRequestException if the document is invalid
   * @throws io.greenformers.service.ServiceException if it names what was not uploaded, or the key
   *     was used with another request
   */
  Compression create(String document, Optional<String> idempotencyKey) {
    CompressionRequest request = RequestDocument.parseJson(document);
    String canonical = RequestDocument.toJson(request);
    Optional<String> earlier = idempotencyKey.flatMap(repository::findByKey);
    if (earlier.isPresent()) {
      return same(earlier.get(), canonical);
    }
    inputs.touch(request, clock.instant().truncatedTo(ChronoUnit.MICROS));
    inputs.uploaded(request);
    try {
      return repository.get(add(request, canonical, idempotencyKey));
    } catch (DuplicateKeyException e) {
      return same(idempotencyKey.flatMap(repository::findByKey).orElseThrow(() -> e), canonical);
    }
  }

  /**
   * Cancels a compression; its child is asked to end, and killed 5 s later.
   *
   * @throws CompressionException if there is none, or if it is final
   */
  Compression cancel(String id) {
    repository.get(id);
    boolean cancelled = Boolean.TRUE.equals(transactions.execute(status -> attempts.cancel(id)));
    if (!cancelled) {
      throw CompressionException.isFinal(repository.get(id).state());
    }
    stages.cancel(id);
    changes.changed(id);
    return repository.get(id);
  }

  private String add(CompressionRequest request, String canonical, Optional<String> key) {
    String id = UUID.randomUUID().toString();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Optional<Ending> refusal = refusal(request.model());
    transactions.executeWithoutResult(status -> {
      repository.add(id, request.model(), canonical, key, now, refusal);
      if (refusal.isEmpty()) {
        queue.add(id, Stage.INSPECT);
      }
    });
    return id;
  }

  private Optional<Ending> refusal(String model) {
    return models.get(model).isQuarantined()
        ? Optional.of(
            Ending.because(
                "model-quarantined",
                "this model made engine children crash or hang; it is not run"))
        : Optional.empty();
  }

  private Compression same(String id, String canonical) {
    Compression compression = repository.get(id);
    if (!compression.request().equals(canonical)) {
      throw CompressionException.keyReused(id);
    }
    return compression;
  }
}
