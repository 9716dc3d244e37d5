package io.greenformers.service.settings;

import java.util.EnumSet;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.stereotype.Component;

/** Refuses to divide the work on a database that only one process can open. */
@Component
final class OneProcessOnH2 {

  OneProcessOnH2(RoleSettings roles, DataSourceProperties database) {
    boolean isAlone = roles.isApi() && roles.served().equals(EnumSet.allOf(Pool.class));
    String url = database.getUrl();
    if (!isAlone && url != null && url.startsWith("jdbc:h2:")) {
      throw new IllegalStateException(
          "greenformers.roles: expected api and worker with all pools on H2, which serves one "
              + "process, found roles %s and pools %s; set spring.datasource.url to a PostgreSQL"
                  .formatted(roles.roles(), roles.pools()));
    }
  }
}
