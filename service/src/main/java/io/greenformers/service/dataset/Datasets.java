package io.greenformers.service.dataset;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.limit.TenantQuota;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** Uploaded datasets. */
@Repository
public class Datasets {
  private static final int LONGEST_NAME = 255;

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

  /**
   * A dataset as it is described to users.
   *
   * @param name as its owner calls it: any text, and nothing is found by it
   */
  @Schema(name = "Dataset")
  public record Dataset(String id, Optional<String> name, long bytes, Instant createdAt) {}

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

  /** The newest datasets of a tenant. */
  public List<Dataset> newest(Tenant tenant, int limit) {
    return jdbc.sql("select * from dataset where tenant = ? order by created_at desc, id limit ?")
        .params(tenant.name(), limit)
        .query((row, n) -> read(row))
        .list();
  }

  Optional<Dataset> find(Tenant tenant, String id) {
    return jdbc.sql("select * from dataset where tenant = ? and id = ?")
        .params(tenant.name(), id)
        .query((row, n) -> read(row))
        .optional();
  }

  private static Dataset read(ResultSet row) throws SQLException {
    return new Dataset(
        row.getString("id"),
        Optional.ofNullable(row.getString("name")),
        row.getLong("bytes"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  /**
   * Records a stored file; whether it is new. One that is not keeps its name.
   *
   * @param name as its owner calls it; control characters and what is beyond 255 are dropped
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for it
   */
  boolean add(Tenant tenant, StoredArtifact file, Optional<String> name) {
    if (touch(tenant, file.id())) {
      return false;
    }
    try {
      transactions.executeWithoutResult(status -> insert(tenant, file, name));
      return true;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  private void insert(Tenant tenant, StoredArtifact file, Optional<String> name) {
    jdbc.sql("insert into dataset (tenant, id, bytes, created_at, name) values (?, ?, ?, ?, ?)")
        .param(tenant.name())
        .param(file.id())
        .param(file.bytes())
        .param(now())
        .param(name.map(Datasets::printable).filter(n -> !n.isBlank()).orElse(null))
        .update();
    quota.checkStored(tenant);
  }

  private static String printable(String name) {
    String clean = name.replaceAll("\\p{C}", "");
    return clean.substring(0, Math.min(LONGEST_NAME, clean.length()));
  }

  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
