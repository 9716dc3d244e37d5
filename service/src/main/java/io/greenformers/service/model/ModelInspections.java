package io.greenformers.service.model;

import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.stage.EngineStages;
import io.greenformers.service.stage.StageOutcome;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Inspections of models: run once in an engine child, then kept. Thread-safe. */
@Component
final class ModelInspections {
  private static final String INSPECTION = "inspection.json";

  private final JdbcClient jdbc;
  private final ArtifactStore store;
  private final EngineStages stages;
  private final ModelRepository models;

  /** One inspection of a model at a time; those that wait find it done. */
  private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();

  ModelInspections(
      JdbcClient jdbc, ArtifactStore store, EngineStages stages, ModelRepository models) {
    this.jdbc = jdbc;
    this.store = store;
    this.stages = stages;
    this.models = models;
  }

  /**
   * The model's {@code inspection.json}.
   *
   * @throws ModelException if the model is refused, or could not be inspected
   */
  Path of(Tenant tenant, Model model) throws InterruptedException {
    ReentrantLock lock = running.computeIfAbsent(key(tenant, model), id -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Optional<StoredArtifact> kept = find(tenant, model.id());
      return store.file(kept.isPresent() ? kept.get() : inspect(tenant, model));
    } finally {
      running.remove(key(tenant, model));
      lock.unlock();
    }
  }

  /** Names a run: what one tenant's run keeps is not another's. */
  private static String key(Tenant tenant, Model model) {
    return "inspection of %s of %s".formatted(model.id(), tenant);
  }

  private StoredArtifact inspect(Tenant tenant, Model model) throws InterruptedException {
    if (model.isQuarantined()) {
      throw ModelException.refused(
          model.id(), "model-quarantined", "this model made engine children crash or hang");
    }
    StageOutcome outcome =
        stages.run(
            key(tenant, model),
            Stage.INSPECT,
            request(model),
            model.artifacts(),
            StageOutcome.Watch.NONE);
    return switch (outcome) {
      case StageOutcome.Done done -> keep(tenant, model, done);
      case StageOutcome.Refused r -> {
        insert(tenant, model.id(), null, r.code(), r.message());
        throw ModelException.refused(model.id(), r.code(), r.message());
      }
      case StageOutcome.Failed f -> {
        if (f.killedChild()) {
          models.countKilledChild(tenant, model.id());
        }
        throw ModelException.failed(model.id(), f.fault().code(), f.message());
      }
      case StageOutcome.Interrupted i ->
          throw ModelException.failed(
              model.id(), "interrupted", "the service is stopping; ask again later");
    };
  }

  private StoredArtifact keep(Tenant tenant, Model model, StageOutcome.Done done) {
    StoredArtifact inspection = done.artifacts().get(INSPECTION);
    if (inspection == null) {
      throw ModelException.failed(model.id(), Fault.PROTOCOL.code(), "no inspection.json came");
    }
    insert(tenant, model.id(), inspection, null, null);
    return inspection;
  }

  /** Whatever a request would say; inspecting depends on the model alone. */
  private static CompressionRequest request(Model model) {
    return RequestDocument.parseJson(
        "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(model.id()));
  }

  private Optional<StoredArtifact> find(Tenant tenant, String id) {
    return jdbc.sql(
            """
            select sha256, bytes, refusal_code, refusal_message from inspection
            where tenant = ? and model_id = ?\
            """)
        .params(tenant.name(), id)
        .query((row, n) -> {
          if (row.getString(3) != null) {
            throw ModelException.refused(id, row.getString(3), row.getString(4));
          }
          return new StoredArtifact(row.getString(1), row.getLong(2));
        })
        .optional();
  }

  private void insert(
      Tenant tenant,
      String id,
      @Nullable StoredArtifact artifact,
      @Nullable String code,
      @Nullable String message) {
    try {
      jdbc.sql(
              """
              insert into inspection
                (tenant, model_id, sha256, bytes, refusal_code, refusal_message)
              values (?, ?, ?, ?, ?, ?)\
              """)
          .param(tenant.name())
          .param(id)
          .param(artifact == null ? null : artifact.sha256())
          .param(artifact == null ? null : artifact.bytes())
          .param(code)
          .param(message)
          .update();
    } catch (DuplicateKeyException e) {
      // another process was faster; what it found is the same
    }
  }
}
