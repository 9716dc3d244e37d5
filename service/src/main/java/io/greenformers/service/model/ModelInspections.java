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

/**
 * What is found in models, before anything is asked for: run once in an engine child, then kept.
 * Thread-safe.
 */
@Component
public class ModelInspections {
  private final JdbcClient jdbc;
  private final ArtifactStore store;
  private final EngineStages stages;
  private final ModelRepository models;

  /** One of a kind of a model at a time; those that wait find it done. */
  private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();

  ModelInspections(
      JdbcClient jdbc, ArtifactStore store, EngineStages stages, ModelRepository models) {
    this.jdbc = jdbc;
    this.store = store;
    this.stages = stages;
    this.models = models;
  }

  /** What may be found, and in which table it is kept. */
  private enum Kind {
    INSPECTION(Stage.INSPECT, "inspection"),
    PREDICTION(Stage.PREDICT, "prediction");

    private final Stage stage;
    private final String table;

    Kind(Stage stage, String table) {
      this.stage = stage;
      this.table = table;
    }

    private String file() {
      return table + ".json";
    }
  }

  /**
   * The model's {@code inspection.json}: its sites.
   *
   * @throws ModelException if the model is refused, or could not be inspected
   */
  public Path inspection(Tenant tenant, Model model) throws InterruptedException {
    return of(Kind.INSPECTION, tenant, model);
  }

  /**
   * The model's {@code prediction.json}: which sizes are in reach. It takes minutes for a large
   * model.
   *
   * @throws ModelException if the model is refused, or nothing could be predicted
   */
  public Path prediction(Tenant tenant, Model model) throws InterruptedException {
    return of(Kind.PREDICTION, tenant, model);
  }

  /**
   * The model's {@code inspection.json}, if it is there already.
   *
   * @throws ModelException if the model was refused
   */
  public Optional<Path> keptInspection(Tenant tenant, Model model) {
    return kept(Kind.INSPECTION, tenant, model).map(store::file);
  }

  /**
   * The model's {@code prediction.json}, if it is there already.
   *
   * @throws ModelException if nothing can be predicted of it
   */
  public Optional<Path> keptPrediction(Tenant tenant, Model model) {
    return kept(Kind.PREDICTION, tenant, model).map(store::file);
  }

  private Path of(Kind kind, Tenant tenant, Model model) throws InterruptedException {
    String key = key(kind, tenant, model);
    ReentrantLock lock = running.computeIfAbsent(key, id -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Optional<StoredArtifact> kept = kept(kind, tenant, model);
      return store.file(kept.isPresent() ? kept.get() : run(kind, tenant, model));
    } finally {
      running.remove(key);
      lock.unlock();
    }
  }

  /** What was found earlier; where nothing was, there must be a way to find it. */
  private Optional<StoredArtifact> kept(Kind kind, Tenant tenant, Model model) {
    Optional<StoredArtifact> kept = find(kind, tenant, model.id());
    if (kept.isEmpty() && model.isQuarantined()) {
      throw ModelException.refused(
          model.id(), "model-quarantined", "this model made engine children crash or hang");
    }
    return kept;
  }

  /** Names a run: what one tenant's run keeps is not another's. */
  private static String key(Kind kind, Tenant tenant, Model model) {
    return "%s of %s of %s".formatted(kind.table, model.id(), tenant);
  }

  private StoredArtifact run(Kind kind, Tenant tenant, Model model) throws InterruptedException {
    String key = key(kind, tenant, model);
    StageOutcome outcome =
        stages.run(key, kind.stage, request(model), model.artifacts(), StageOutcome.Watch.NONE);
    stages.forget(key);
    return switch (outcome) {
      case StageOutcome.Done done -> keep(kind, tenant, model, done);
      case StageOutcome.Refused r -> {
        insert(kind, tenant, model.id(), null, r.code(), r.message());
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

  private StoredArtifact keep(Kind kind, Tenant tenant, Model model, StageOutcome.Done done) {
    StoredArtifact found = done.artifacts().get(kind.file());
    if (found == null) {
      throw ModelException.failed(
          model.id(), Fault.PROTOCOL.code(), "no %s came".formatted(kind.file()));
    }
    insert(kind, tenant, model.id(), found, null, null);
    return found;
  }

  /** Whatever a request would say; what is found depends on the model alone. */
  private static CompressionRequest request(Model model) {
    return RequestDocument.parseJson(
        "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(model.id()));
  }

  private Optional<StoredArtifact> find(Kind kind, Tenant tenant, String id) {
    return jdbc.sql(
            """
            select sha256, bytes, refusal_code, refusal_message from %s
            where tenant = ? and model_id = ?\
            """
                .formatted(kind.table))
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
      Kind kind,
      Tenant tenant,
      String id,
      @Nullable StoredArtifact artifact,
      @Nullable String code,
      @Nullable String message) {
    try {
      jdbc.sql(
              """
              insert into %s
                (tenant, model_id, sha256, bytes, refusal_code, refusal_message)
              values (?, ?, ?, ?, ?, ?)\
              """
                  .formatted(kind.table))
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
