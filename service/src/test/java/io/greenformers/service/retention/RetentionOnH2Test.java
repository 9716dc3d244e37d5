package io.greenformers.service.retention;

import io.greenformers.service.database.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class RetentionOnH2Test extends RetentionContract {
  RetentionOnH2Test(@TempDir Path directory) {
    super(TestDatabases.h2(directory));
  }
}
