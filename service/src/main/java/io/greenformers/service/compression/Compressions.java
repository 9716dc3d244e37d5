package io.greenformers.service.compression;

import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.Tenant;
import io.greenformers.service.compression.Compression.Ending;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.model.ModelRepository;
import io.greenformers.service.stage.EngineStages;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** What callers may do to compressions. */
@Component
public class Compressions {
  private final CompressionRepository repository;
  private final StageInputs inputs;
  private final ModelRepository models;
  private final Attempts attempts;
  private final StageQueue queue;
  private final EngineStages stages;
  private final CompressionChanges changes;
  private final TransactionOperations transactions;
  private final TenantQuota quota;
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
      TenantQuota quota,
      Clock clock) {
    this.repository = repository;
    this.inputs = inputs;
    this.models = models;
    this.attempts = attempts;
    this.queue = queue;
    this.stages = stages;
    this.changes = changes;
    this.transactions = transactions;
    this.quota = quota;
    this.clock = clock;
  }

  /**
   * Creates a compression, or finds the one that was created with the same key.
   *
   * @throws io.greenformers.protocol.request.InvalidRequestException if the document is invalid
   * @throws io.greenformers.service.ServiceException if it names what was not uploaded, or the key
   *     was used with another request
   */
  public Compression create(Tenant tenant, String document, Optional<String> idempotencyKey) {
    CompressionRequest request = RequestDocument.parseJson(document);
    String canonical = RequestDocument.toJson(request);
    Optional<String> earlier = idempotencyKey.flatMap(k -> repository.findByKey(tenant, k));
    if (earlier.isPresent()) {
      return same(tenant, earlier.get(), canonical);
    }
    inputs.touch(tenant, request, clock.instant().truncatedTo(ChronoUnit.MICROS));
    inputs.uploaded(tenant, request);
    try {
      return repository.get(tenant, add(tenant, request, canonical, idempotencyKey));
    } catch (DuplicateKeyException e) {
      return same(
          tenant,
          idempotencyKey.flatMap(k -> repository.findByKey(tenant, k)).orElseThrow(() -> e),
          canonical);
    }
  }

  /**
   * Cancels a compression; its child is asked to end, and killed 5 s later.
   *
   * @throws CompressionException if there is none, or if it is final
   */
  public Compression cancel(Tenant tenant, String id) {
    repository.get(tenant, id);
    boolean cancelled = Boolean.TRUE.equals(transactions.execute(status -> attempts.cancel(id)));
    if (!cancelled) {
      throw CompressionException.isFinal(repository.get(tenant, id).state());
    }
    stages.cancel(id);
    changes.changed(id);
    return repository.get(tenant, id);
  }

  /**
   * A compression as it is now.
   *
   * @throws CompressionException if there is none
   */
  public Compression get(Tenant tenant, String id) {
    return repository.get(tenant, id);
  }

  /**
   * Compressions of a tenant, newest first.
   *
   * @param offset how many are left out before
   */
  public List<Compression> search(Tenant tenant, CompressionSearch search, int limit, int offset) {
    return repository.search(tenant, search, limit, offset);
  }

  private String add(
      Tenant tenant, CompressionRequest request, String canonical, Optional<String> key) {
    String id = UUID.randomUUID().toString();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Optional<Ending> refusal = refusal(tenant, request.model());
    transactions.executeWithoutResult(status -> {
      quota.addCompression(tenant);
      repository.add(id, tenant, request.model(), canonical, key, now, refusal);
      if (refusal.isEmpty()) {
        queue.add(id, Stage.INSPECT);
      }
    });
    return id;
  }

  private Optional<Ending> refusal(Tenant tenant, String model) {
    return models.get(tenant, model).isQuarantined()
        ? Optional.of(
            Ending.because(
                "model-quarantined",
                "this model made engine children crash or hang; it is not run"))
        : Optional.empty();
  }

  private Compression same(Tenant tenant, String id, String canonical) {
    Compression compression = repository.get(tenant, id);
    if (!compression.request().equals(canonical)) {
      throw CompressionException.keyReused(id);
    }
    return compression;
  }
}
