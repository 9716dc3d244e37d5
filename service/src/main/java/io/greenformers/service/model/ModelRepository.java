package io.greenformers.service.model;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.model.Model.ModelFile;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** Models in the database. */
@Repository
public class ModelRepository {
  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final TenantQuota quota;

  ModelRepository(JdbcClient jdbc, TransactionOperations transactions, TenantQuota quota) {
    this.quota = quota;
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /**
   * Finds a model.
   *
   * @throws ModelException if there is none
   */
  public Model get(Tenant tenant, String id) {
    return find(tenant, id).orElseThrow(() -> ModelException.notFound(id));
  }

  /** Counts a child that crashed or hung on the model. */
  public void countKilledChild(Tenant tenant, String id) {
    jdbc.sql("update model set children_killed = children_killed + 1 where tenant = ? and id = ?")
        .params(tenant.name(), id)
        .update();
  }

  /**
   * The models of a tenant, newest first.
   *
   * @param offset how many are left out before
   */
  public List<Model> newest(Tenant tenant, int limit, int offset) {
    return jdbc
        .sql("select id from model where tenant = ? order by created_at desc, id limit ? offset ?")
        .params(tenant.name(), limit, offset)
        .query((row, n) -> row.getString(1))
        .list()
        .stream()
        .flatMap(id -> find(tenant, id).stream())
        .toList();
  }

  Optional<Model> find(Tenant tenant, String id) {
    List<ModelFile> files =
        jdbc.sql(
                """
                select artifact, name, sha256, bytes from model_file
                where tenant = ? and model_id = ? order by artifact <> ?, artifact\
                """)
            .params(tenant.name(), id, Model.MODEL_ARTIFACT)
            .query((row, n) ->
                new ModelFile(
                    row.getString(1),
                    row.getString(2),
                    new StoredArtifact(row.getString(3), row.getLong(4))))
            .list();
    return jdbc.sql("select children_killed, created_at from model where tenant = ? and id = ?")
        .params(tenant.name(), id)
        .query((row, n) ->
            new Model(id, files, row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
        .optional();
  }

  /** Says that a model is used now: it is not deleted for its age. */
  public boolean touch(Tenant tenant, String id, Instant now) {
    return jdbc.sql("update model set used_at = ? where tenant = ? and id = ?")
            .params(now.atOffset(ZoneOffset.UTC), tenant.name(), id)
            .update()
        == 1;
  }

  /**
   * Adds a model; whether it is new.
   *
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for it
   */
  boolean add(Tenant tenant, Model model) {
    if (touch(tenant, model.id(), model.createdAt())) {
      return false;
    }
    try {
      transactions.executeWithoutResult(status -> insert(tenant, model));
      return true;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  private void insert(Tenant tenant, Model model) {
    jdbc.sql("insert into model (tenant, id, bytes, created_at) values (?, ?, ?, ?)")
        .params(
            tenant.name(), model.id(), model.bytes(), model.createdAt().atOffset(ZoneOffset.UTC))
        .update();
    for (ModelFile file : model.files()) {
      jdbc.sql(
              """
              insert into model_file (tenant, model_id, artifact, name, bytes, sha256)
              values (?, ?, ?, ?, ?, ?)\
              """)
          .params(
              tenant.name(),
              model.id(),
              file.artifact(),
              file.name(),
              file.stored().bytes(),
              file.stored().sha256())
          .update();
    }
    quota.checkStored(tenant);
  }
}
