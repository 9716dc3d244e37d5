package io.greenformers.service.limit;

import io.greenformers.service.Tenant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What a tenant may have at once. To be asked in the transaction that adds something: it locks the
 * tenant's row until its end, so that two requests cannot take the last place both.
 */
@Component
public class TenantQuota {
  private final JdbcClient jdbc;
  private final LimitSettings.OfTenant limits;

  TenantQuota(JdbcClient jdbc, LimitSettings settings) {
    this.jdbc = jdbc;
    this.limits = settings.tenant();
  }

  /**
   * Makes sure that another compression may be queued.
   *
   * @throws LimitException if not
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void addCompression(Tenant tenant) {
    lock(tenant);
    int now =
        jdbc.sql(
                """
                select count(*) from compression
                where tenant = ? and state in ('QUEUED', 'RUNNING')\
                """)
            .param(tenant.name())
            .query(Integer.class)
            .single();
    if (now >= limits.compressions()) {
      throw LimitException.compressions(limits.compressions());
    }
  }

  /**
   * Makes sure that so many bytes more may be stored.
   *
   * @throws LimitException if not
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void addBytes(Tenant tenant, long bytes) {
    lock(tenant);
    checkRoom(tenant, bytes);
  }

  /**
   * Looks whether there is room before bytes are read; {@link #addBytes} decides.
   *
   * @param bytes how many will come; negative where nobody knows
   * @throws LimitException if there is none
   */
  public void checkRoom(Tenant tenant, long bytes) {
    long limit = limits.stored().toBytes();
    long stored = storedBytes(tenant);
    if (stored + Math.max(0, bytes) > limit) {
      throw LimitException.storedBytes(limit, stored);
    }
  }

  /** What is stored once for several tenants counts for each. */
  private long storedBytes(Tenant tenant) {
    return jdbc.sql(
            """
            select (select coalesce(sum(bytes), 0) from model where tenant = :tenant)
              + (select coalesce(sum(bytes), 0) from dataset where tenant = :tenant)
              + (select coalesce(sum(a.bytes), 0) from compression_artifact a
                 join compression c on c.id = a.compression_id where c.tenant = :tenant)\
            """)
        .param("tenant", tenant.name())
        .query(Long.class)
        .single();
  }

  private void lock(Tenant tenant) {
    jdbc.sql("insert into tenant (name) values (?) on conflict do nothing")
        .param(tenant.name())
        .update();
    jdbc.sql("select name from tenant where name = ? for update")
        .param(tenant.name())
        .query(String.class)
        .single();
  }
}
