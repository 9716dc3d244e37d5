package io.greenformers.service.dataset;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.limit.TenantQuota;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** Uploaded datasets. */
@Repository
public class Datasets {
  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final TenantQuota quota;
  private final Clock clock;

  Datasets(JdbcClient jdbc, TransactionOperations transactions, TenantQuota quota, Clock clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.quota = quota;
    this.clock = clock;
  }

  /** A dataset as it is described to users. */
  record Dataset(String id, long bytes, Instant createdAt) {}

  /**
   * The file of a dataset.
   *
   * @param field of the request that names it, for the error
   * @throws DatasetException if there is none
   */
  public StoredArtifact get(Tenant tenant, String id, String field) {
    return find(tenant, id)
        .map(d -> new StoredArtifact(d.id().substring("sha256:".length()), d.bytes()))
        .orElseThrow(() -> DatasetException.named(field));
  }

  /** Says that a dataset is used now: it is not deleted for its age. */
  public boolean touch(Tenant tenant, String id) {
    return jdbc.sql("update dataset set used_at = ? where tenant = ? and id = ?")
            .params(now(), tenant.name(), id)
            .update()
        == 1;
  }

  Optional<Dataset> find(Tenant tenant, String id) {
    return jdbc.sql("select bytes, created_at from dataset where tenant = ? and id = ?")
        .params(tenant.name(), id)
        .query((row, n) ->
            new Dataset(id, row.getLong(1), row.getObject(2, OffsetDateTime.class).toInstant()))
        .optional();
  }

  /**
   * Records a stored file; whether it is new.
   *
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for it
   */
  boolean add(Tenant tenant, StoredArtifact file) {
    if (touch(tenant, file.id())) {
      return false;
    }
    try {
      transactions.executeWithoutResult(status -> insert(tenant, file));
      return true;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  private void insert(Tenant tenant, StoredArtifact file) {
    jdbc.sql("insert into dataset (tenant, id, bytes, created_at) values (?, ?, ?, ?)")
        .params(tenant.name(), file.id(), file.bytes(), now())
        .update();
    quota.checkStored(tenant);
  }

  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
