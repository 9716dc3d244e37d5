package io.greenformers.service.artifact;

import io.greenformers.service.database.TestDatabases;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ReconcilerOnH2Test extends ReconcilerContract {
  ReconcilerOnH2Test(@TempDir Path directory) throws IOException {
    super(TestDatabases.h2(directory.resolve("db")), directory);
  }
}
