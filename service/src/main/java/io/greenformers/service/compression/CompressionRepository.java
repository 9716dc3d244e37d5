package io.greenformers.service.compression;

import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import io.greenformers.service.TraceParent;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Compression.Ending;
import io.greenformers.service.compression.Compression.Progress;
import io.greenformers.service.compression.Compression.Times;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads compressions, and adds them. Their states change in {@link Attempts} only. */
@Repository
class CompressionRepository {
  private final JdbcClient jdbc;
  private final FairTurns turns;

  CompressionRepository(JdbcClient jdbc, FairTurns turns) {
    this.jdbc = jdbc;
    this.turns = turns;
  }

  /**
   * Finds a compression of a tenant.
   *
   * @throws CompressionException if there is none
   */
  Compression get(Tenant tenant, String id) {
    return jdbc.sql("select * from compression where tenant = ? and id = ?")
        .params(tenant.name(), id)
        .query((row, n) -> read(row))
        .optional()
        .orElseThrow(CompressionException::notFound);
  }

  /**
   * Finds a compression whosever it is, for those who work on it.
   *
   * @throws CompressionException if there is none
   */
  Compression ofAnyTenant(String id) {
    return jdbc.sql("select * from compression where id = ?")
        .param(id)
        .query((row, n) -> read(row))
        .optional()
        .orElseThrow(CompressionException::notFound);
  }

  List<Compression> newest(Tenant tenant, int limit) {
    return jdbc.sql(
            "select * from compression where tenant = ? order by created_at desc, id limit ?")
        .params(tenant.name(), limit)
        .query((row, n) -> read(row))
        .list();
  }

  /** Those that a search finds, newest first. */
  List<Compression> search(Tenant tenant, CompressionSearch search, int limit, int offset) {
    return jdbc.sql(
            """
            select c.* from compression c
            where c.tenant = :tenant
              and (:state = '' or c.state = :state)
              and (c.id like :text escape '!' or c.model_id like :text escape '!'
                or exists (select 1 from model_file f
                  where f.tenant = c.tenant and f.model_id = c.model_id
                    and lower(f.name) like :text escape '!'))
            order by c.created_at desc, c.id limit :limit offset :offset\
            """)
        .param("tenant", tenant.name())
        .param("state", search.state().map(Enum::name).orElse(""))
        .param("text", search.pattern())
        .param("limit", limit)
        .param("offset", offset)
        .query((row, n) -> read(row))
        .list();
  }

  Optional<String> findByKey(Tenant tenant, String idempotencyKey) {
    return jdbc.sql("select id from compression where tenant = ? and idempotency_key = ?")
        .params(tenant.name(), idempotencyKey)
        .query(String.class)
        .optional();
  }

  /**
   * Adds a compression, queued for its first stage, or refused already, to the trace that this
   * thread works in.
   *
   * @throws org.springframework.dao.DuplicateKeyException if the key is in use
   */
  void add(
      String id,
      Tenant tenant,
      String modelId,
      String request,
      Optional<String> idempotencyKey,
      Instant now,
      Optional<Ending> refusal) {
    OffsetDateTime time = now.atOffset(ZoneOffset.UTC);
    jdbc.sql(
            """
            insert into compression
              (id, tenant, model_id, request, idempotency_key, state, stage, code, message,
               created_at, finished_at, turn, traceparent)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """)
        .param(id)
        .param(tenant.name())
        .param(modelId)
        .param(request)
        .param(idempotencyKey.orElse(null))
        .param((refusal.isEmpty() ? CompressionState.QUEUED : CompressionState.REFUSED).name())
        .param(refusal.isEmpty() ? Stage.INSPECT.name() : null)
        .param(refusal.flatMap(Ending::code).orElse(null))
        .param(refusal.flatMap(Ending::message).orElse(null))
        .param(time)
        .param(refusal.isEmpty() ? null : time)
        .param(turns.next(tenant))
        .param(TraceParent.current().orElse(null))
        .update();
  }

  private Compression read(ResultSet row) throws SQLException {
    String id = row.getString("id");
    Optional<String> stage = Optional.ofNullable(row.getString("stage"));
    return new Compression(
        id,
        new Tenant(row.getString("tenant")),
        row.getString("model_id"),
        row.getString("request"),
        CompressionState.of(row.getString("state")),
        new Progress(
            stage.flatMap(CompressionRepository::known),
            Optional.ofNullable(row.getObject("fraction", Double.class)),
            Optional.ofNullable(row.getString("activity")).filter(a -> !a.isEmpty())),
        new Ending(
            Optional.ofNullable(row.getString("code")),
            Optional.ofNullable(row.getString("message")),
            Optional.ofNullable(row.getString("bound"))),
        row.getLong("sequence"),
        new Times(
            row.getObject("created_at", OffsetDateTime.class).toInstant(),
            time(row.getObject("started_at", OffsetDateTime.class)),
            time(row.getObject("finished_at", OffsetDateTime.class))),
        artifacts(id));
  }

  /** A newer version beside this one may have stages of its own. */
  private static Optional<Stage> known(String stage) {
    return Stream.of(Stage.values()).filter(s -> s.name().equals(stage)).findFirst();
  }

  private static Optional<Instant> time(@Nullable OffsetDateTime time) {
    return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
  }

  private Map<String, StoredArtifact> artifacts(String id) {
    Map<String, StoredArtifact> artifacts = new LinkedHashMap<>();
    jdbc.sql(
            """
            select name, sha256, bytes from compression_artifact
            where compression_id = ? order by name\
            """)
        .param(id)
        .query(row -> {
          artifacts.put(row.getString(1), new StoredArtifact(row.getString(2), row.getLong(3)));
        });
    return artifacts;
  }
}
