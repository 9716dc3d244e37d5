package io.greenformers.service.retention;

import io.greenformers.service.database.TestDatabases;

final class RetentionOnPostgresTest extends RetentionContract {
  RetentionOnPostgresTest() {
    super(TestDatabases.postgres());
  }
}
