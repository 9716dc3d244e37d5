package io.greenformers.service.compression;

import io.greenformers.service.database.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class AttemptsOnH2Test extends AttemptsContract {
  AttemptsOnH2Test(@TempDir Path directory) {
    super(TestDatabases.h2(directory));
  }
}
