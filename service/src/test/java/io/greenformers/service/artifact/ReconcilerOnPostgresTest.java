package io.greenformers.service.artifact;

import io.greenformers.service.database.TestDatabases;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ReconcilerOnPostgresTest extends ReconcilerContract {
  ReconcilerOnPostgresTest(@TempDir Path directory) throws IOException {
    super(TestDatabases.postgres(), directory);
  }
}
