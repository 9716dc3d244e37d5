package io.greenformers.service.dataset;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Uploaded datasets. */
@Repository
public class Datasets {
  private final JdbcClient jdbc;
  private final Clock clock;

  Datasets(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
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
  public StoredArtifact get(String id, String field) {
    return find(id)
        .map(d -> new StoredArtifact(d.id().substring("sha256:".length()), d.bytes()))
        .orElseThrow(() -> new DatasetException(field));
  }

  /** Says that a dataset is used now: it is not deleted for its age. */
  public boolean touch(String id) {
    return jdbc.sql("update dataset set used_at = ? where tenant = ? and id = ?")
            .params(now(), Tenant.DEFAULT, id)
            .update()
        == 1;
  }

  Optional<Dataset> find(String id) {
    return jdbc.sql("select bytes, created_at from dataset where tenant = ? and id = ?")
        .params(Tenant.DEFAULT, id)
        .query((row, n) ->
            new Dataset(id, row.getLong(1), row.getObject(2, OffsetDateTime.class).toInstant()))
        .optional();
  }

  /** Records a stored file; whether it is new. */
  boolean add(StoredArtifact file) {
    try {
      return !touch(file.id())
          && jdbc.sql("insert into dataset (tenant, id, bytes, created_at) values (?, ?, ?, ?)")
                  .params(Tenant.DEFAULT, file.id(), file.bytes(), now())
                  .update()
              == 1;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
