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
        .param(Tenant.DEFAULT)
        .param(upload.bytes())
        .param(upload.metadata().orElse(null))
        .param(time(upload.expires()))
        .update();
  }

  Optional<Upload> find(String id, Instant now) {
    return jdbc.sql("select * from upload where tenant = ? and id = ? and expires_at >= ?")
        .params(Tenant.DEFAULT, id, time(now))
        .query((row, n) -> read(row))
        .optional();
  }

  private static Upload read(ResultSet row) throws SQLException {
    long bytes = row.getLong("bytes");
    return new Upload(
        row.getString("id"),
        bytes,
        Optional.ofNullable(row.getString("metadata")),
        Optional.ofNullable(row.getString("sha256")).map(s -> new StoredArtifact(s, bytes)),
        row.getObject("expires_at", OffsetDateTime.class).toInstant());
  }

  void expire(String id, Instant when) {
    jdbc.sql("update upload set expires_at = ? where id = ?").params(time(when), id).update();
  }

  void complete(String id, String sha256) {
    jdbc.sql("update upload set sha256 = ? where id = ?").params(sha256, id).update();
  }

  void delete(String id) {
    jdbc.sql("delete from upload where id = ?").param(id).update();
  }

  List<String> expired(Instant now) {
    return jdbc.sql("select id from upload where expires_at < ?")
        .param(time(now))
        .query((row, n) -> row.getString(1))
        .list();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
