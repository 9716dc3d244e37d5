package io.greenformers.service.compression;

import io.greenformers.service.database.TestDatabases;

final class AttemptsOnPostgresTest extends AttemptsContract {
  AttemptsOnPostgresTest() {
    super(TestDatabases.postgres());
  }
}
