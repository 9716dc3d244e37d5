package io.greenformers.service.compression;

import io.greenformers.service.database.TestDatabases;

final class FairTurnsOnPostgresTest extends FairTurnsContract {
  FairTurnsOnPostgresTest() {
    super(TestDatabases.postgres());
  }
}
