package io.greenformers.service.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.TestService;
import io.greenformers.service.database.TestDatabases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says of itself that has one of the roles only. */
final class RolesTest {
  @TempDir Path directory;

  @Test
  void anApiWithoutWorkersIsReady() throws Exception {
    try (TestService api = start("api")) {
      assertThat(status(api, "/actuator/health/readiness")).isEqualTo(200);
      assertThat(status(api, "/v1/compressions")).isEqualTo(200);
    }
  }

  @Test
  void aWorkerIsReadyAndAnswersForNothingElse() throws Exception {
    try (TestService worker = start("worker")) {
      assertThat(status(worker, "/actuator/health/readiness")).isEqualTo(200);
      assertThat(status(worker, "/v1/compressions")).isEqualTo(503);
      assertThat(status(worker, "/v1/admin/queue")).isEqualTo(503);
    }
  }

  private TestService start(String role) throws SQLException {
    try (Connection database = TestDatabases.postgres().getConnection()) {
      return TestService.start(
          directory,
          "--greenformers.roles=" + role,
          "--spring.datasource.url=" + database.getMetaData().getURL(),
          "--spring.datasource.username=postgres");
    }
  }

  private static int status(TestService service, String path) {
    return service.send(service.to(path)).statusCode();
  }
}
