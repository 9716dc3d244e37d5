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
   * Makes sure that what is stored may be, with what the transaction has added before.
   *
   * @throws LimitException if not
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void checkStored(Tenant tenant) {
    lock(tenant);
    checkRoom(tenant, 0);
  }

  /**
   * Looks whether there is room before bytes are read; {@link #checkStored} decides.
   *
   * @param bytes how many will come; negative where nobody knows
   * @throws LimitException if there is none
   */
  public void checkRoom(Tenant tenant, long bytes) {
    long limit = limits.stored().toBytes();
    long needed = storedBytes(tenant) + Math.max(0, bytes);
    if (needed > limit) {
      throw LimitException.storedBytes(limit, needed);
    }
  }

  /**
   * What is stored once for several tenants counts for each. An upload counts from its beginning,
   * in full, and no more once a model or dataset of the tenant has its bytes.
   */
  private long storedBytes(Tenant tenant) {
    return jdbc.sql(
            """
            select (select coalesce(sum(bytes), 0) from model where tenant = :tenant)
              + (select coalesce(sum(bytes), 0) from dataset where tenant = :tenant)
              + (select coalesce(sum(bytes), 0) from upload u where tenant = :tenant
                 and not exists (select 1 from dataset d
                   where d.tenant = u.tenant and d.id = 'sha256:' || u.sha256)
                 and not exists (select 1 from model_file f
                   where f.tenant = u.tenant and f.sha256 = u.sha256))
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
