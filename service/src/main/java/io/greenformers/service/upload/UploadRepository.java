package io.greenformers.service.upload;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Resumable uploads in the database. */
@Repository
class UploadRepository {
  private final JdbcClient jdbc;

  UploadRepository(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(Upload upload) {
    jdbc.sql("insert into upload (id, tenant, bytes, metadata, expires_at) values (?, ?, ?, ?, ?)")
        .param(upload.id())
        .param(upload.tenant().name())
        .param(upload.bytes())
        .param(upload.metadata().orElse(null))
        .param(time(upload.expires()))
        .update();
  }

  Optional<Upload> find(Tenant tenant, String id, Instant now) {
    return jdbc.sql("select * from upload where tenant = ? and id = ? and expires_at >= ?")
        .params(tenant.name(), id, time(now))
        .query((row, n) -> read(row))
        .optional();
  }

  /**
   * A tenant's upload with the same length and metadata, the one that rests the least; not one that
   * turned out to be something else than the metadata said.
   */
  Optional<Upload> findSame(Upload wanted, String sha256, Instant now) {
    return jdbc.sql(
            "select * from upload where tenant = ? and bytes = ? and metadata = ? and expires_at >= ? "
                + "and (sha256 is null or sha256 = ?) order by expires_at desc limit 1")
        .param(wanted.tenant().name())
        .param(wanted.bytes())
        .param(wanted.metadata().orElse(null))
        .param(time(now))
        .param(sha256)
        .query((row, n) -> read(row))
        .optional();
  }

  private static Upload read(ResultSet row) throws SQLException {
    long bytes = row.getLong("bytes");
    return new Upload(
        new Tenant(row.getString("tenant")),
        row.getString("id"),
        bytes,
        Optional.ofNullable(row.getString("metadata")),
        Optional.ofNullable(row.getString("sha256")).map(s -> new StoredArtifact(s, bytes)),
        row.getObject("expires_at", OffsetDateTime.class).toInstant());
  }

  void expire(Upload upload, Instant when) {
    jdbc.sql("update upload set expires_at = ? where tenant = ? and id = ?")
        .params(time(when), upload.tenant().name(), upload.id())
        .update();
  }

  void complete(Upload upload, String sha256) {
    jdbc.sql("update upload set sha256 = ? where tenant = ? and id = ?")
        .params(sha256, upload.tenant().name(), upload.id())
        .update();
  }

  void delete(Upload upload) {
    jdbc.sql("delete from upload where tenant = ? and id = ?")
        .params(upload.tenant().name(), upload.id())
        .update();
  }

  /** Those of all tenants that have rested for too long. */
  List<Upload> expiredOfAnyTenant(Instant now) {
    return jdbc.sql("select * from upload where expires_at < ?")
        .param(time(now))
        .query((row, n) -> read(row))
        .list();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
