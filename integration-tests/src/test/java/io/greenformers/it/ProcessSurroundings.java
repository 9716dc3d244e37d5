package io.greenformers.it;

import io.greenformers.testing.RunningS3;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;

/** PostgreSQL and an S3 server as processes of this machine. */
record ProcessSurroundings(RunningPostgres postgres, RunningS3 store) implements Surroundings {

  static ProcessSurroundings start(Path directory) throws Exception {
    RunningPostgres postgres = RunningPostgres.start(directory.resolve("postgres"));
    try {
      return new ProcessSurroundings(postgres, RunningS3.start(directory.resolve("s3")));
    } catch (Exception e) {
      postgres.close();
      throw e;
    }
  }

  @Override
  public String[] settings() {
    Stream<String> ofStore =
        Stream.of(
            "--greenformers.store.s3.bucket=" + RunningS3.BUCKET,
            "--greenformers.store.s3.endpoint=" + store.endpoint());
    return Stream.concat(Arrays.stream(postgres.settings()), ofStore).toArray(String[]::new);
  }

  @Override
  public Connection database() throws SQLException {
    return postgres.connection();
  }

  @Override
  public void close() throws Exception {
    store.close();
    postgres.close();
  }
}
