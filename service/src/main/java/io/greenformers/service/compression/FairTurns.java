package io.greenformers.service.compression;

import io.greenformers.service.Tenant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Shares the workers between tenants: who queues a thousand compressions does not hold up who
 * queues one.
 *
 * <p>Every compression has a turn, and lower turns start first. A tenant's next compression comes a
 * turn after its last waiting one, but not before the turn that is now being served; so in each
 * turn every tenant that waits starts one (start-time fair queueing, Goyal et al. 1996, with every
 * compression of the same length). A compression that has begun keeps its turn for all its stages.
 */
@Repository
class FairTurns {
  private final JdbcClient jdbc;

  FairTurns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The turn of a compression that the tenant queues now. */
  long next(Tenant tenant) {
    return jdbc.sql(
            """
            select greatest(
              coalesce(
                (select min(turn) from compression where state = 'QUEUED' and started_at is null),
                (select max(turn) from compression where state in ('QUEUED', 'RUNNING')),
                0),
              coalesce(
                (select max(turn) + 1 from compression
                 where state in ('QUEUED', 'RUNNING') and tenant = ?),
                0))\
            """)
        .param(tenant.name())
        .query(Long.class)
        .single();
  }

  /**
   * The priority of a compression's stages in the queue.
   *
   * @return the higher, the sooner; a turn beyond the 65,535 that the queue can tell apart is
   *     served in order of time
   */
  int priority(String compression) {
    long turn =
        jdbc.sql("select turn from compression where id = ?")
            .param(compression)
            .query(Long.class)
            .single();
    return (int) Math.max(Short.MIN_VALUE, Short.MAX_VALUE - turn);
  }
}
